"""The page at GET /, opened in a real browser."""
