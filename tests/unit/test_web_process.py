"""The web server sets its program aside before its processes are forked, and still collects what requests leave."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from core.web_process import when_ready


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def worker() -> Iterator[None]:
    when_ready(None)
    yield
    gc.unfreeze()


def test_what_stands_at_the_start_is_not_looked_at_again_and_later_knots_are_collected(worker: None) -> None:
    assert gc.get_freeze_count() > 10_000

    left = weakref.ref(Knot())
    gc.collect()
    assert left() is None
