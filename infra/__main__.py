"""`python -m infra COMMAND`: package the app, deploy it, rehearse and measure its failover."""

import sys

from infra.exits import INTERRUPTED, REFUSED

try:
    from infra.cli import main
except KeyboardInterrupt:  # nothing has been started yet
    sys.exit(INTERRUPTED)
except ImportError as error:
    print(  # noqa: T201 -- click may be what is not there
        f"error: {error}, for {sys.executable}: `make setup` makes the virtual environment that "
        "this runs in, and `. .venv/bin/activate` enters it",
        file=sys.stderr,
    )
    sys.exit(REFUSED)

sys.exit(main())
