"""Pure rules for text that several layers share. Each rule has one module; import from there."""
