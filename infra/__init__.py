"""Everything operational: Terraform files, the commands that drive them, the rehearsal."""
