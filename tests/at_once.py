"""Several people who press at the same moment."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

Given, Outcome = TypeVar("Given"), TypeVar("Outcome")


def at_once(app: Flask, work: Callable[[Given], Outcome], given: Sequence[Given]) -> list[Outcome]:
    """Do `work` with each of `given`, in threads with contexts of their own that start together.

    Returns what each gave, in order; what one of them raises is raised. The caller holds no transaction.
    """
    barrier = Barrier(len(given))

    def one(what: Given) -> Outcome:
        with app.app_context():
            barrier.wait()
            return work(what)

    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(one, given))
