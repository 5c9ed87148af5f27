"""`python -m bench.steps`: what Terraform's steps cost on the way to a deployment, and back.

CPU is of all processes that a step started: Terraform and its provider, of which each walk of the
graph starts one for each alias. Not in it is the emulator's own.
"""

import contextlib
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from infra import ROOT
from infra.display import table
from infra.package import package
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import create_what_must_exist, environment_of
from infra.terraform import Terraform

VARIANTS = {"as it is": {}, "without the firewall": {"TF_VAR_waf": "{enabled=false}"}}

Costs = dict[str, tuple[float, float]]


def main() -> None:
    """Deploy into an emulator and destroy, once for each variant; print seconds of each step."""
    console = Console(highlight=False)
    found: dict[str, Costs] = {}
    for variant, variables in VARIANTS.items():
        with console.status(variant) as status:
            found[variant] = costs(variables, lambda step: status.update(f"{variant}: {step}"))  # noqa: B023 -- called before the next round
    shown = table(("step",), numbers=[f"{variant}: wall, s | CPU, s" for variant in found])
    for step in next(iter(found.values())):
        shown.add_row(step, *("{:.1f} | {:.1f}".format(*of[step]) for of in found.values()))
    console.print(shown)


def costs(variables: dict[str, str], progress: Callable[[str], None]) -> Costs:
    """Return wall and CPU seconds of each step.

    Args:
        variables: what is added to Terraform's environment.
        progress: called with the name of the step that begins.

    Raises:
        InfraError: a step failed.
    """
    taken: Costs = {}

    @contextlib.contextmanager
    def step(name: str) -> Iterator[None]:
        progress(name)
        began, cpu = time.monotonic(), _cpu_of_children()
        yield
        taken[name] = time.monotonic() - began, _cpu_of_children() - cpu

    with tempfile.TemporaryDirectory() as scratch, emulators.running() as emulator:
        environment = environment_of(emulator, Path(scratch)) | variables
        create_what_must_exist(environment)
        terraform = Terraform(ROOT / "infra", environment)
        with step("package"):
            package(ROOT)
        with step("init"):
            terraform.init()
        with step("apply"):
            terraform.apply()
        with step("plan"):
            terraform.planned_changes()
        with step("destroy"):
            terraform.destroy()
    return taken


def _cpu_of_children() -> float:
    """Return the CPU seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
