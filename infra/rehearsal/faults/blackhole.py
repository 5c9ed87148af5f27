"""The region is gone: nothing is refused, nothing is answered, packets vanish."""

import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

from infra.rehearsal.front import RegionFront, listening_socket

# Connections that fill a queue of length 0; the kernel keeps one more than the length.
_FILLERS = 4


@contextlib.asynccontextmanager
async def blackhole(front: RegionFront) -> AsyncIterator[None]:
    """Make a region unreachable, as the loss of its network does.

    A listener whose queue is full lets the kernel drop every SYN, so that clients wait in vain
    for a connection, as they do when packets are lost; a closed port would refuse them at once.
    """
    front.hold_answers()
    await front.stop_listening()
    try:
        with _full_queue(front.address, front.port):
            yield
    finally:
        front.release_answers()
        await front.listen()


@contextlib.contextmanager
def _full_queue(address: str, port: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(listening_socket(address, port, backlog=0))
        for _ in range(_FILLERS):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex((address, port))
        yield
