"""A worker that the machine kills in the middle of a chunk: run as a program by test_worker_killed.

The first argument is the item at which it dies. Settings come from the environment, as for the real worker.
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIND = "tests.kill"


def step_that_dies_at(item):
    """An item leaves one row named after it; at `item` the process gets SIGKILL, which it cannot notice."""
    from core.auth import SignInTry
    from core.clock import now

    def step(session, batch, number):
        if number == item:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        session.add(SignInTry(subject=f"{batch.id}/{number}", at=now()))

    return step


def main(item):
    sys.path.insert(0, str(ROOT))
    from core import jobs
    from core.config import read_settings
    from wsgi import create_app

    jobs.register(KIND, step_that_dies_at(item))
    with create_app(read_settings()).app_context():
        jobs.sweep()


if __name__ == "__main__":
    main(int(sys.argv[1]))
