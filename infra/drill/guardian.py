"""A process beside a drill that undoes what the drill no longer can.

It waits for the drill's end, or for its time to be over, whichever is first. If the journal is
still open then, for the drill was killed or hangs, it undoes what is noted.
"""

import contextlib
import select
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from infra import ROOT
from infra.drill.journal import Journal
from infra.errors import InfraError
from infra.threads import to_its_end

# Undoing may take two minutes of attempts.
_END_SECONDS = 180.0


@contextlib.asynccontextmanager
async def guarded(journal: Journal, seconds: float) -> AsyncIterator[None]:
    """Have a guardian for so many seconds; it ends when this process does, or leaves this."""
    process = subprocess.Popen(  # noqa: ASYNC220 -- a loop kills its own; this is to outlive it
        [sys.executable, "-m", "infra.drill.guardian", str(journal.path.resolve()), f"{seconds:g}"],
        # It closes with this process, however that ends.
        stdin=subprocess.PIPE,
        cwd=ROOT,
        # Ctrl-C, and a terminal that is closed, reach this process alone.
        start_new_session=True,
    )
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await to_its_end(process.wait, _END_SECONDS)


def main() -> int:
    """Guard the journal of the first argument for as many seconds as the second says."""
    journal = Journal(Path(sys.argv[1]))
    select.select([sys.stdin], [], [], float(sys.argv[2]))
    if not journal.open:
        return 0
    _say("the drill has ended, or hangs, without undoing what it did")
    try:
        journal.undo(_say)
    except InfraError as error:
        _say(str(error))
        return 2
    return 0


def _say(text: str) -> None:
    # The terminal may be gone; the undoing goes on.
    with contextlib.suppress(OSError):
        sys.stderr.write(f"guardian: {text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
