"""What an operator does to a deployment without Terraform: look at it, withdraw a region."""
