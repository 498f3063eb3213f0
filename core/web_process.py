"""What the web server does with the loaded program before the processes that answer are forked from it."""

import gc
from typing import Any

from sqlalchemy.orm import configure_mappers


def when_ready(_arbiter: Any) -> None:
    """Called by gunicorn once, before it starts its workers.

    The tables' classes are finished here: the first request of each process would spend an eighth of a second on it,
    and eight at once would wait for one another. Nothing of the program is looked at again for garbage: a collection
    over all of it stops all threads of a process for a sixth of a second, in the midst of a hall that saves.
    """
    configure_mappers()
    gc.collect()
    gc.freeze()
