"""The illustrations of the made-up web: flat shapes, few colours, drawn in code."""
