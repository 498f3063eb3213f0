"""A port of the loopback for a server that is started in a moment, and perhaps again later."""

import secrets
import socket
from contextlib import suppress
from pathlib import Path

OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
FIRST_OF_OURS = 20_000


def free_port() -> int:
    """A port that no outgoing connection is given either: while a server is down, nobody takes its place."""
    first_outgoing = int(OUTGOING.read_text().split()[0]) if OUTGOING.exists() else 49_152
    ports = range(FIRST_OF_OURS, first_outgoing) or range(1024, first_outgoing)
    while True:
        port = secrets.choice(ports)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
