"""The API, as its clients and its table see it."""
