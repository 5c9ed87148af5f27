"""Free ports on loopback addresses."""

import socket


def free_port(*addresses: str) -> int:
    """Return a TCP and UDP port that is free on every one of the loopback addresses.

    Raises:
        OSError: an address is not of this machine, or no port is free on all of them.
    """
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind((addresses[0], 0))
            port: int = probe.getsockname()[1]
        if all(is_free(address, port) for address in addresses):
            return port
    raise OSError(f"no port is free on all of {', '.join(addresses)}")


def is_free(address: str, port: int) -> bool:
    """Tell whether a port is free on an address, for TCP and for UDP."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
