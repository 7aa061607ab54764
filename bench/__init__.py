"""Time and memory beside peers and floors: python -m bench."""
