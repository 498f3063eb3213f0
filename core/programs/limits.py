"""How often programs may ask: each token, and each address whatever tokens come from it. Pure but for the clock.

Every web process keeps its own count, in memory: it guards the server against a loop that was forgotten, and is no
account of who asked what.
"""

import threading
from datetime import timedelta
from math import ceil

from core.clock import now
from core.errors import TooManyTriesError

EACH_TOKEN, EACH_ADDRESS = 120, 600
"""Requests a minute; as many may come at once after a minute of rest."""
WINDOW = timedelta(minutes=1)
MOST_KEPT = 10_000


class TooOftenError(TooManyTriesError):
    """A program asks more often than it may; `wait` says for how long it is to be quiet."""

    code = "too_often"

    def __init__(self, wait: int) -> None:
        super().__init__("请求过于频繁，请 %(n)s 秒后再试", n=wait)
        self.wait = wait

    @property
    def more(self) -> dict[str, int]:
        """Further fields of the problem."""
        return {"retry_after": self.wait}


class Gate:
    """Lets so many pass a minute, of each who knocks: a bucket that leaks evenly."""

    def __init__(self, most: int) -> None:
        self._each, self._lock = WINDOW.total_seconds() / most, threading.Lock()
        self._full_until: dict[str, float] = {}

    def wait(self, who: str) -> int:
        """Let `who` pass and return 0, or the whole seconds after which the next may come."""
        moment = now().timestamp()
        with self._lock:
            if len(self._full_until) > MOST_KEPT:
                self._full_until = {key: until for key, until in self._full_until.items() if until > moment}
            until = max(self._full_until.get(who, moment), moment) + self._each
            late = until - moment - WINDOW.total_seconds()
            if late > 0:
                return ceil(late)
            self._full_until[who] = until
            return 0


class Limits:
    """Both gates of one web process."""

    def __init__(self) -> None:
        self._tokens, self._addresses = Gate(EACH_TOKEN), Gate(EACH_ADDRESS)

    def hold_back(self, token: str, address: str) -> None:
        """Let a request pass.

        Args:
            token: hash of what it shows, or empty.
            address: where it comes from.

        Raises:
            TooOftenError: too many came before it.
        """
        wait = self._addresses.wait(address) or (self._tokens.wait(token) if token else 0)
        if wait:
            raise TooOftenError(wait)
