"""How long clients are without the API when a region is lost, for any settings: `infra rto`."""
