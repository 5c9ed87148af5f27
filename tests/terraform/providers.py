"""One process of the AWS provider for many runs of Terraform.

Each run of `terraform test` starts the provider four times, which takes longer than all else. It is
started once instead, as its developers do: https://developer.hashicorp.com/terraform/plugin/debugging
"""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from infra.terraform import LESS_GARBAGE_COLLECTION

# Ends the provider when its standard input closes, so that a killed parent leaves nothing behind.
_UNTIL_STDIN_CLOSES = '"$0" -debug & provider=$!; read -r _; kill $provider; wait $provider'


@contextlib.contextmanager
def attached(data: Path) -> Iterator[dict[str, str]]:
    """Run the provider that `terraform init` installed; yield the environment that attaches to it.

    Args:
        data: Terraform's TF_DATA_DIR.
    """
    [binary] = data.glob(
        "providers/registry.terraform.io/hashicorp/aws/*/*/terraform-provider-aws*"
    )
    with subprocess.Popen(
        ["/bin/sh", "-c", _UNTIL_STDIN_CLOSES, str(binary)],
        env=os.environ | LESS_GARBAGE_COLLECTION,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield {"TF_REATTACH_PROVIDERS": _reattachment(process.stdout)}
        finally:
            process.stdin.close()


def _reattachment(output: Iterator[str]) -> str:
    said = []
    for line in output:
        said.append(line)
        found = re.search(r"TF_REATTACH_PROVIDERS='(.*)'", line)
        if found:
            return found[1]
    raise AssertionError(f"the provider does not say how to attach to it: {''.join(said)}")
