"""A PostgreSQL server that lives as long as a block: a cluster of the installed binaries, on loopback alone."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from benchmarks.ports import free_port

START_SECONDS = 30


def binaries() -> Path | None:
    """Where initdb and postgres are; None if they are not installed."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@contextmanager
def postgres(settings: Sequence[str] = ()) -> Iterator[str]:
    """The address of an empty database; `settings` are the server's, as in ``fsync=off``.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
        TimeoutError: it did not start.
    """
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed")
    folder, port = tempfile.mkdtemp(prefix="pg"), free_port()
    become: list[str] = []
    if os.geteuid() == 0:  # initdb refuses root
        shutil.chown(folder, "postgres")
        become = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    make = [f"{programs}/initdb", "-D", f"{folder}/c", "-A", "trust", "-U", "t", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run([*become, *make, "--no-sync"], check=True, capture_output=True)
    options = [*settings, "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
    flags = [part for option in options for part in ("-c", option)]
    server = subprocess.Popen(
        [*become, f"{programs}/postgres", "-D", f"{folder}/c", "-p", str(port), *flags],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql://t@127.0.0.1:{port}/postgres"
    try:
        _until_it_answers(url)
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown; SIGTERM would wait for pooled connections
        server.wait(20)
        shutil.rmtree(folder)


def _until_it_answers(url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise TimeoutError("PostgreSQL did not start") from None
            time.sleep(0.05)
        else:
            return
