"""Releases candidates under traffic, with the very command that a user calls."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from infra.clock import Clock
from infra.display import Display
from infra.rehearsal import emulator as emulators
from infra.rehearsal.candidates import Candidate
from infra.rehearsal.deploy import Deployed, deployed, environment_of
from infra.rehearsal.foresight import LOADED_UNASKED
from infra.rehearsal.harness import harness_around, start_functions
from infra.timeline import Request, Timeline
from infra.traffic.crowd import Crowd

CLIENTS = 16
SLOW_SECONDS = 1.0

# A quarter of a minute does where two requests a second of each client are enough to judge by.
_OPTIONS = ("--yes", "--weight", "25", "--bake", "0.25", "--min-requests", "3", "--probes", "5")
_PROJECT = ("app.py", "chalicelib", ".chalice", "requirements.txt", "infra")
_NOT_COPIED = shutil.ignore_patterns(
    "build", ".terraform", "__pycache__", "backend.hcl", "terraform.tfstate*", *LOADED_UNASKED
)
# Seconds: as long as API Gateway waits for a function. So what fails is the API's own doing; how
# slow this machine is shows in slow requests.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
_PATIENCE = 29.0
# Once a function is started, and once DNS is cached, all is as it stays.
_SETTLE_SECONDS = 3.0


@dataclass(frozen=True)
class Finding:
    """What came of releasing one candidate.

    Attributes:
        candidate: which one.
        status: the exit status of `release`.
        why: what it said of the outcome.
        seconds: how long it took, packaging and apply included.
        requests: what clients sent meanwhile.
    """

    candidate: Candidate
    status: int
    why: str
    seconds: float
    requests: Sequence[Request]

    @property
    def released(self) -> bool:
        """Whether its clients stayed with it."""
        return self.status == 0

    @property
    def failed(self) -> int:
        """How many of the requests failed."""
        return sum(request.error is not None for request in self.requests)

    @property
    def slow(self) -> int:
        """How many took more than a second."""
        return sum(request.ended - request.started > SLOW_SECONDS for request in self.requests)

    @property
    def passed(self) -> bool:
        """Whether a good version was released unnoticed, or a bad one was taken back."""
        if not self.candidate.good:
            return self.status == 1
        return self.released and not self.failed


@dataclass(frozen=True)
class ReleaseSandbox:
    """A copy of the project, deployed.

    Attributes:
        root: its top folder.
        environment: what its commands need to find the emulator and the state.
        deployed: what Terraform created.
        display: where progress is shown.
    """

    root: Path
    environment: Mapping[str, str]
    deployed: Deployed
    display: Display

    def release(self, candidates: Sequence[Candidate]) -> list[Finding]:
        """Release candidates one after another, with clients at work all the time."""
        return asyncio.run(self._release(candidates))

    async def _release(self, candidates: Sequence[Candidate]) -> list[Finding]:
        clock, timeline, findings = Clock(), Timeline(), list[Finding]()
        async with harness_around(self.deployed, self.environment, clock) as harness:
            await start_functions(harness, clock)
            target = replace(harness.target, timeout=_PATIENCE)
            crowd = Crowd(CLIENTS, target, harness.locate, clock, timeline)
            async with crowd.at_work():
                for candidate in candidates:
                    await clock.sleep(_SETTLE_SECONDS)
                    with self.display.step(f"release {candidate.name}: it {candidate.does}"):
                        findings.append(await self._try(candidate, clock, timeline))
        return findings

    async def _try(self, candidate: Candidate, clock: Clock, timeline: Timeline) -> Finding:
        candidate.lay_into(self.root)
        began, sent = clock.now(), len(timeline.requests)
        status, said = await _call(self.root, self.environment, self.display.note)
        ended = clock.now()
        await clock.sleep(_SETTLE_SECONDS)  # what the last requests of a canary came to
        return Finding(candidate, status, said, ended - began, timeline.requests[sent:])


@contextmanager
def opened(root: Path, display: Display, standby: str = "cold") -> Iterator[ReleaseSandbox]:
    """Deploy a copy of the project into an emulator, and destroy it all afterwards.

    Args:
        root: the project's top folder.
        display: where progress is shown.
        standby: what the standby region has ready: cold or warm.

    Raises:
        InfraError: it can't be deployed, or the emulator died.
    """
    variables = {"standby": standby}
    with tempfile.TemporaryDirectory(prefix="releases-") as folder:
        scratch, project = Path(folder, "scratch"), Path(folder, "project")
        scratch.mkdir()
        project.mkdir()
        for name in _PROJECT:
            source = root / name
            if source.is_dir():
                shutil.copytree(source, project / name, ignore=_NOT_COPIED)
            else:
                shutil.copy(source, project)
        with (
            emulators.running() as emulator,
            emulators.watched(emulator),
            deployed(project, emulator, scratch, display, variables) as made,
        ):
            environment = environment_of(emulator, scratch, variables)
            yield ReleaseSandbox(project, environment, made, display)


async def _call(
    root: Path, environment: Mapping[str, str], note: Callable[[str], None]
) -> tuple[int, str]:
    """Run `python -m infra release` in a project; return its exit status and its last word."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "infra",
        "release",
        *_OPTIONS,
        cwd=root,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    last = ""
    try:
        while process.stdout is not None and (line := await process.stdout.readline()):
            last = line.decode().strip() or last
            note(last)
        return await process.wait(), last
    except BaseException:
        process.terminate()
        await process.wait()
        raise
