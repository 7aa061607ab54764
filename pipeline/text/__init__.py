"""Pure text rules that several stages share; each rule stands here once."""
