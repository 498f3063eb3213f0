"""A line to a server that can be held up: what is asked on it waits until it is let go, as in a full hall."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class SlowLine:
    """A port of this machine that leads to another one. While `held`, a request beginning so does not get through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._free = threading.Event()
        self._free.set()
        self._beginning = b""
        self.reached = threading.Event()
        """A request has been held up."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://localhost:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def hold(self, beginning: bytes) -> None:
        """From now on requests that begin so wait."""
        self._beginning = beginning
        self._free.clear()

    def let_go(self) -> None:
        """All that wait get through, and all later ones."""
        self._free.set()

    def close(self) -> None:
        """End it; no further connections."""
        self.let_go()
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # one side has gone, so has the other
            while chunk := source.recv(65536):
                if not self._free.is_set() and chunk.startswith(self._beginning):
                    self.reached.set()
                    self._free.wait()
                sink.sendall(chunk)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()  # the other direction closes the other end


@contextlib.contextmanager
def slow_line(port: int) -> Iterator[SlowLine]:
    """A line that is closed in the end."""
    line = SlowLine(port)
    try:
        yield line
    finally:
        line.close()
