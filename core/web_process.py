"""What a web process does once the program stands in its memory: nothing of it is looked at again for garbage."""

import gc
from typing import Any


def post_worker_init(_worker: Any) -> None:
    """Called by gunicorn in every worker.

    A collection over the whole program stops all threads for a sixth of a second, in the midst of a hall that saves.
    """
    gc.collect()
    gc.freeze()
