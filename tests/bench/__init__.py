"""What `python -m bench` measures, as far as it is the same on every machine."""
