"""Drives Terraform, through python-terraform, and hides what that gets wrong.

python-terraform 0.10.1 is fixed by the project's charter. With Terraform 1.11 it can't be given an
environment, turns a mistyped method into a Terraform command, needs odd flags for apply and
destroy, and holds all output back until the end. Nothing else in the project imports it.
"""

import json
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import python_terraform

from infra import locks
from infra.errors import InfraError

MINIMUM_VERSION = (1, 11)
# Terraform and its provider look for garbage less often: a fifth less of their CPU time for a fifth
# more memory. https://pkg.go.dev/runtime#hdr-Environment_Variables
LESS_GARBAGE_COLLECTION = {"GOGC": "400"}
_INSTALL = "install Terraform >= 1.11 (https://developer.hashicorp.com/terraform/install)"
# What a plan says of each check that only an apply can make.
_NOT_CHECKED_YET = "Check block assertion known after apply"
_NO_PROVIDER = (
    "Where the Terraform registry can't be reached, `terraform providers mirror FOLDER`, run where "
    "it can, makes a folder to copy here, to ~/.terraform.d/plugins for one"
)

# What Terraform says where `init` was never run.
_UNCONNECTED = "Backend initialization required"

Progress = Callable[[str], None]


class UnconnectedError(InfraError):
    """Terraform was never initialised in its folder, and so knows of no state."""


class Terraform:
    """One configuration and the environment that it runs in.

    Args:
        directory: the folder of the root module.
        environment: every variable that Terraform sees, but for GOGC if it is not among them.
        progress: called with a line of text for each resource that is done, and at the end of a
            command for each warning, once for all resources that it is of.

    Raises:
        InfraError: Terraform is missing or older than 1.11; later, what a command failed with.
    """

    def __init__(
        self, directory: Path, environment: Mapping[str, str], progress: Progress = lambda _: None
    ) -> None:
        self._client = _Client(directory, environment, progress)
        _require_version(self._client)

    def init(self, backend: Path | None = None) -> None:
        """Install the provider and connect to the state.

        Args:
            backend: a file of backend settings, which replace those of an earlier call; by
                default the settings come from outside.
        """
        given = {} if backend is None else _backend_options(backend)
        self._init(**given)

    def move_state(self) -> None:
        """Connect to the state where the configuration now has it, and copy it there."""
        self._init(migrate_state=python_terraform.IsFlagged, force_copy=python_terraform.IsFlagged)

    def _init(self, **options: object) -> None:
        try:
            self._client.checked(
                "init",
                input=False,
                lockfile="readonly",
                no_color=python_terraform.IsFlagged,
                **options,
            )
        except InfraError as error:
            if "registry" not in str(error):
                raise
            raise InfraError(f"{error}. {_NO_PROVIDER}") from error

    def apply(self) -> None:
        """Create or change what the configuration asks for."""
        self._client.checked(
            "apply",
            json=python_terraform.IsFlagged,
            auto_approve=python_terraform.IsFlagged,
            input=False,
        )

    def planned_changes(self) -> list[str]:
        """Return the addresses of the resources and outputs that an apply would change."""
        messages = self._client.checked("plan", json=python_terraform.IsFlagged, input=False)
        return sorted(set(_changes(messages)))

    def plan(self, target: Path, var_files: Sequence[Path] = (), *, destroy: bool = False) -> None:
        """Write to a file what an apply, or a destroy, would change."""
        self._client.checked(
            "plan",
            json=python_terraform.IsFlagged,
            input=False,
            out=str(target),
            var_file=[str(path) for path in var_files],
            **({"destroy": python_terraform.IsFlagged} if destroy else {}),
        )

    def show(self, plan: Path) -> dict[str, Any]:
        """Return a plan as a document: https://developer.hashicorp.com/terraform/internals/json-format."""
        lines = self._client.checked("show", str(plan), json=python_terraform.IsFlagged)
        return cast("dict[str, Any]", json.loads(lines[-1]))

    def show_text(self, plan: Path) -> str:
        """Return a plan as Terraform prints it."""
        lines = self._client.checked("show", str(plan), no_color=python_terraform.IsFlagged)
        return "\n".join(lines)

    def apply_plan(self, plan: Path) -> None:
        """Do what a plan says."""
        self._client.checked("apply", str(plan), json=python_terraform.IsFlagged, input=False)

    def destroy(self) -> None:
        """Delete everything in the state."""
        self._client.checked(
            "destroy",
            json=python_terraform.IsFlagged,
            auto_approve=python_terraform.IsFlagged,
            input=False,
        )

    def versions(self) -> dict[str, str]:
        """Return the versions of Terraform and of the providers that are locked, by name."""
        said = "\n".join(self._client.checked("version"))
        found = re.findall(
            r"^(?:\+ )?(Terraform|provider) (?:[^/\s]+/(\S+) )?v(\S+)$", said, re.MULTILINE
        )
        return {f"{what} {name}".rstrip(): version for what, name, version in found}

    def outputs(self) -> dict[str, Any]:
        """Return the values of the outputs, sensitive ones included, by name.

        Raises:
            UnconnectedError: the folder is connected to no state.
        """
        try:
            lines = self._client.checked("output", json=python_terraform.IsFlagged)
        except InfraError as error:
            if _UNCONNECTED not in str(error):
                raise
            raise UnconnectedError(str(error)) from error
        return {name: output["value"] for name, output in json.loads("\n".join(lines)).items()}


class _Client(python_terraform.Terraform):  # type: ignore[misc] # it publishes no types
    """python-terraform's command line builder, with an environment and with progress."""

    def __init__(self, directory: Path, environment: Mapping[str, str], progress: Progress) -> None:
        super().__init__(working_dir=str(directory))
        self.environment = LESS_GARBAGE_COLLECTION | dict(environment)
        self._progress = progress
        # By their text, the resources that they are of: often the same one of both regions.
        self._warnings: dict[str, list[str]] = {}

    def checked(self, command: str, *arguments: str, **options: object) -> list[str]:
        """Run a command and return its lines.

        Raises:
            InfraError: the command failed; the text carries what Terraform said.
        """
        lines: list[str] = []
        self._warnings.clear()
        status = self._run(self.generate_cmd_string(command, *arguments, **options), lines.append)
        for text, places in self._warnings.items():
            self._progress(f"{text} ({', '.join(places)})" if places else text)
        if status:
            raise InfraError(f"terraform {command} failed: {locks.explained(_reason(lines))}")
        return lines

    def _run(self, arguments: list[str], keep: Callable[[str], None]) -> int:
        process = subprocess.Popen(
            arguments,
            cwd=self.working_dir,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            # Ctrl-C must reach Terraform once: a second signal makes it quit without its state.
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                for line in process.stdout or ():
                    keep(line.rstrip("\n"))
                    self._report(line)
            except BaseException:
                process.send_signal(signal.SIGINT)
                process.communicate()  # it ends what is under way and saves its state
                raise
        return process.returncode

    def _report(self, line: str) -> None:
        event = _event(line)
        done = event.get("type") in {"apply_complete", "apply_errored"}
        if done and event["hook"]["action"] != "read":
            self._progress(str(event["@message"]))
        diagnostic = event.get("diagnostic", {})
        if diagnostic.get("severity") == "warning" and diagnostic["summary"] != _NOT_CHECKED_YET:
            places = self._warnings.setdefault(_told(diagnostic), [])
            places += [diagnostic["address"]] if "address" in diagnostic else []


def _backend_options(file: Path) -> dict[str, object]:
    # Another environment's state stays where it is: -reconfigure forgets it, and moves nothing.
    return {"backend_config": str(file), "reconfigure": python_terraform.IsFlagged}


def _require_version(client: _Client) -> None:
    if shutil.which(client.terraform_bin_path, path=client.environment.get("PATH")) is None:
        raise InfraError(f"terraform is not on the PATH: {_INSTALL}")
    # Not checked(): an outdated Terraform knows no -json, and says its version anyway.
    lines: list[str] = []
    client._run([client.terraform_bin_path, "version"], lines.append)  # noqa: SLF001 -- same module
    found = re.search(r"Terraform v(\d+)\.(\d+)", "\n".join(lines))
    if found is None:
        raise InfraError(f"`terraform version` says no version ({_reason(lines)}): {_INSTALL}")
    if tuple(int(part) for part in found.groups()) < MINIMUM_VERSION:
        raise InfraError(f"{found.group()} is too old: {_INSTALL}")


def _event(line: str) -> dict[str, Any]:
    """Return a line of Terraform's -json output, or nothing if it is no such line.

    https://developer.hashicorp.com/terraform/internals/machine-readable-ui
    """
    if not line.startswith("{"):
        return {}
    try:
        return cast("dict[str, Any]", json.loads(line))
    except ValueError:
        return {}


def _changes(lines: list[str]) -> Iterator[str]:
    for event in map(_event, lines):
        if event.get("type") == "planned_change":
            yield event["change"]["resource"]["addr"]
        elif event.get("type") == "outputs":
            changed = (n for n, o in event["outputs"].items() if o.get("action") != "noop")
            yield from (f"output.{name}" for name in changed)


def _reason(lines: list[str]) -> str:
    """Return what went wrong, in one line."""
    events = [_event(line) for line in lines]
    told = [e["diagnostic"] for e in events if e.get("@level") == "error" and "diagnostic" in e]
    if told:
        return "; ".join(map(_diagnosed, told[:3]))
    plain = "\n".join(line for line in lines if line.strip())
    errors = plain.partition("Error: ")[2] or plain[-600:]
    return _one_line(errors) or "it printed nothing"


def _diagnosed(diagnostic: Mapping[str, Any]) -> str:
    """Return a diagnostic with its place: the resource, or else the line of a file."""
    text = _told(diagnostic)
    range_ = diagnostic.get("range")
    line = f"{range_['filename']}:{range_['start']['line']}" if range_ else None
    place = diagnostic.get("address") or line
    return text if place is None or place in text else f"{text} ({place})"


def _told(diagnostic: Mapping[str, Any]) -> str:
    return _one_line(f"{diagnostic['summary']}: {diagnostic.get('detail', '')}")


def _one_line(text: str) -> str:
    return re.sub(r"[\s│╷╵]+", " ", text).strip(" :")
