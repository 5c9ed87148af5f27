"""Listening sockets: one that accepts, and one that leaves callers without an answer."""

import contextlib
import socket
from collections.abc import Iterator

# Connections that fill a queue of length 0; the kernel keeps one more than the length.
_FILLERS = 4


def listening_socket(address: str, port: int, backlog: int) -> socket.socket:
    """Return a listening TCP socket.

    Raises:
        OSError: the address is not of this machine, or the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    listener.settimeout(0)
    return listener


@contextlib.contextmanager
def full_queue(address: str, port: int) -> Iterator[None]:
    """Let nobody connect to a port, and tell nobody so, as when packets vanish.

    A listener whose queue is full lets the kernel drop every SYN, so that clients wait in vain
    for a connection; a closed port would refuse them at once.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(listening_socket(address, port, backlog=0))
        for _ in range(_FILLERS):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex((address, port))
        yield
