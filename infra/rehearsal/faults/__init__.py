"""What can go wrong with a region: one small file a fault, each a context that heals itself."""
