"""Everything operational: Terraform files, the commands that drive them, the rehearsal."""

from pathlib import Path

# The project's top folder.
ROOT = Path(__file__).parents[1]
