"""How long clients are without the API: the model, and what it is shown as."""
