"""The editor's web page: an issue as its readers get it, and everything an editor may change of it."""
