"""Where the state of an environment lives, as infra/backend.hcl tells Terraform.

infra/terraform.tf leaves bucket, key and region open: they differ from one environment to the next,
and `python -m infra init` fills them in. What is written holds no secret, and git ignores it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import InfraError

# Both under infra/.
FILE = Path("backend.hcl")
BOOTSTRAP_FILE = Path("bootstrap", "backend_override.tf")
_KEY = re.compile(r'^key\s*=\s*"stacks/(?P<environment>[^"]+)\.tfstate"$', re.MULTILINE)
# Out of reach of CI's roles: infra/bootstrap/permissions.tf.
_BOOTSTRAP_KEY = "bootstrap.tfstate"
# Of a folder in which Terraform knows no state.
UNCONNECTED = "infra/ is connected to no state: `python -m infra init ENVIRONMENT` connects it"
_APPLY_FIRST = (
    "apply infra/bootstrap first, or name the bucket with --bucket and --region (or STATE_BUCKET "
    "and STATE_REGION); docs/delivery.md has the steps"
)


@dataclass(frozen=True)
class Backend:
    """A place for states.

    Attributes:
        bucket: the S3 bucket.
        region: the region that it is in.
        lock_table: a DynamoDB table that is locked besides the lock file; None for none.
    """

    bucket: str
    region: str
    lock_table: str | None = None

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any]) -> "Backend":
        """Return what infra/bootstrap made.

        Raises:
            InfraError: it has made nothing yet, or its state is elsewhere.
        """
        if "backend" not in outputs:
            raise InfraError(f"infra/bootstrap has no output `backend`: {_APPLY_FIRST}")
        made = outputs["backend"]
        return cls(made["bucket"], made["region"], made["dynamodb_table"])

    def configuration(self, environment: str) -> str:
        """Return the text of backend.hcl for an environment."""
        return (
            f"# State of {environment}: written by `python -m infra init {environment}`.\n"
            f"{_assignments(self._settings(f'stacks/{environment}.tfstate'))}"
        )

    def bootstrap_override(self) -> str:
        """Return Terraform that keeps the bootstrap's own state here."""
        settings = _assignments(
            self._settings(_BOOTSTRAP_KEY) | {"use_lockfile": True}, indent="    "
        )
        return (
            "# Where the bootstrap's own state lives: written by `python -m infra init "
            f'--bootstrap`.\n\nterraform {{\n  backend "s3" {{\n{settings}  }}\n}}\n'
        )

    def _settings(self, key: str) -> dict[str, object]:
        settings: dict[str, object] = {
            "bucket": self.bucket,
            "encrypt": True,
            "key": key,
            "region": self.region,
        }
        return settings | ({"dynamodb_table": self.lock_table} if self.lock_table else {})


def environments(infra: Path) -> list[str]:
    """Return the names of the environments that there are variables for."""
    return sorted(path.stem for path in (infra / "environments").glob("*.tfvars"))


def require_environment(infra: Path, name: str) -> None:
    """Raise InfraError if there are no variables for an environment."""
    known = environments(infra)
    if name not in known:
        raise InfraError(
            f"there is no environment {name!r}: use {' or '.join(known) or 'one'}, or write "
            f"infra/environments/{name}.tfvars"
        )


def connected(infra: Path) -> str | None:
    """Return the environment that infra/ is connected to; None if `init` was not called."""
    file = infra / FILE
    found = _KEY.search(file.read_text()) if file.is_file() else None
    if found is None:
        return None
    require_environment(infra, found["environment"])
    return found["environment"]


def _assignments(settings: Mapping[str, object], indent: str = "") -> str:
    width = max(map(len, settings))
    # JSON's texts and truth values are HCL's.
    return "".join(
        f"{indent}{name.ljust(width)} = {json.dumps(settings[name])}\n" for name in sorted(settings)
    )
