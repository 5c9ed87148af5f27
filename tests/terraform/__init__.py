"""Tests of the Terraform configuration, with Terraform itself and the real provider's schema."""
