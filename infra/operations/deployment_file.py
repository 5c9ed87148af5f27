"""The small file that says which deployment is operated.

Neither Terraform nor its state is asked: both may be out of reach when a region is lost.
"""

import json
from pathlib import Path

from infra.deployment import Deployment
from infra.errors import InfraError

# `python -m infra apply` writes deployments/STACK.json; `terraform output -json deployment` is it.
FOLDER = "deployments"
_OTHERWISE = (
    "`python -m infra apply` writes it, and `terraform -chdir=infra output -json deployment` is "
    "the same; or name the deployment with --stack, --domain-name, --primary-region and "
    "--standby-region"
)


def only_file(folder: Path) -> Path:
    """Return the file of the only deployment in a folder.

    Raises:
        InfraError: there is none, or there are several.
    """
    found = sorted(folder.glob("*.json"))
    if not found:
        raise InfraError(f"{folder} holds no deployment's file: {_OTHERWISE}")
    if len(found) > 1:
        names = ", ".join(str(path) for path in found)
        raise InfraError(f"which deployment? Give one of {names} with --deployment")
    return found[0]


def read(path: Path) -> Deployment:
    """Read a deployment's file.

    Raises:
        InfraError: there is none, or it is something else.
    """
    try:
        return Deployment.from_document(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise InfraError(f"{path} is not there: {_OTHERWISE}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InfraError(
            f"{path} is not what `terraform -chdir=infra output -json deployment` prints "
            f"({type(error).__name__}: {error}): write it again"
        ) from error
