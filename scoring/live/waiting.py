"""How many pages may wait for news at once, and how soon each may ask again: load is the server's to set.

A server of eight threads cannot hold one for every open page. A few pages wait (long poll) and hear of a change at
once; the others get their answer at once and are told when to come back. The more pages there are, and the longer an
answer takes, the later: together they keep to a number of answers a second and to a share of the server's time,
however many screens a hall has.
"""

import heapq
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SHARE = 0.2
"""Of one core, for the answers to all pages together."""


class WaitingRoom:
    """Places for requests that wait, and the pace of all that ask; one for each process.

    Args:
        places: how many requests may wait at once.
        budget: answers a second for all pages together.
        least: seconds that a page pauses even if it is the only one.
        most: seconds after which a page may come back however busy the server is.
        clock: monotonic seconds.
        chance: a random number from 0 to 1, so that pages opened together do not ask together.
    """

    def __init__(
        self,
        places: int,
        budget: float,
        least: float,
        most: float,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._free = threading.Semaphore(places)
        self._budget, self._least, self._most = budget, least, most
        self._usual = 0.0
        self._clock, self._chance = clock, chance
        self._expected: list[float] = []
        self._lock = threading.Lock()

    @contextmanager
    def place(self) -> Iterator[bool]:
        """A place to wait, given back at the end; False where none is free."""
        is_free = self._free.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._free.release()

    def pause(self, took: float = 0.0) -> float:
        """Seconds after which the page that is being answered may ask again.

        How many pages there are is how many have been told to come back and have not yet: nobody needs a name.

        Args:
            took: seconds that the answer took; on a busy server it takes longer, and all come back later.
        """
        with self._lock:
            now = self._clock()
            while self._expected and self._expected[0] <= now:
                heapq.heappop(self._expected)
            self._usual += (took - self._usual) / 8
            pages = len(self._expected) + 1
            wanted = max(self._least, pages / self._budget, pages * self._usual / SHARE)
            pause = min(wanted, self._most) * (0.8 + 0.4 * self._chance())
            heapq.heappush(self._expected, now + pause)
            return pause


def wait_until(is_over: Callable[[], bool], seconds: float, tick: float) -> None:
    """Ask `is_over` each `tick` seconds until it is, for no longer than `seconds`."""
    end = time.monotonic() + seconds
    while not is_over() and (left := end - time.monotonic()) > 0:
        time.sleep(min(tick, left))
