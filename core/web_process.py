"""What the web server does with the loaded program before the processes that answer are forked from it."""

import gc
import socket
import struct
from typing import Any

from gunicorn.workers.gthread import ThreadWorker
from sqlalchemy.orm import configure_mappers

worker_class = "core.web_process.FairWorker"


class FairWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A web process that takes up no more than its threads are about to do.

    Gunicorn's own takes all that knock, and what waits in its queue no other process can answer: of three hundred
    devices that come back at once one process got two hundred, and the other had nothing to do at the end.

    Nor does it wait for ever: a tablet that leaves the network in the midst of a picture never says so, and each would
    keep one thread until the server is started again.
    """

    silence = 20
    """Seconds without a byte from a device, or without one taken by it, after which its request is given up."""

    def enqueue_req(self, conn: Any) -> None:
        """Hand a request to a thread, which waits for its device only so long."""
        bound = struct.pack("ll", self.silence, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, bound)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, bound)
        super().enqueue_req(conn)

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another process had better do it."""
        if self._has_enough():
            self.set_accept_enabled(False)
        else:
            super().accept(listener)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called on every turn of the loop, so that a thread that is done opens the door again."""
        super().set_accept_enabled(enabled and not self._has_enough())

    def _has_enough(self) -> bool:
        at_rest = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.nr_conns - at_rest >= self.cfg.threads)


def when_ready(_arbiter: Any) -> None:
    """Called by gunicorn once, before it starts its workers.

    The tables' classes are finished here: the first request of each process would spend an eighth of a second on it,
    and eight at once would wait for one another. Nothing of the program is looked at again for garbage: a collection
    over all of it stops all threads of a process for a sixth of a second, in the midst of a hall that saves.
    """
    configure_mappers()
    gc.collect()
    gc.freeze()
