"""Runs the emulator, repaired, until its standard input closes."""

import os
import sys
import threading

from ministack import app

from infra.rehearsal.emulator import repairs


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve on BIND_HOST:GATEWAY_PORT."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    repairs.apply_all()
    sys.argv = ["ministack"]
    app.main()


main()
