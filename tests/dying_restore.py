"""A restoring that the machine kills at a step of its way: run as a program by test_restore_killed.

Arguments: the archive, the kind of step as Python's own audit calls it or a function of the program by its full name,
and the how many-th of that kind in which the process gets SIGKILL, which it cannot notice. What it has begun to write
then stands as it stands.
"""

import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(archive, step, number):
    sys.path.insert(0, str(ROOT))
    from core.backup.restoring import restore
    from core.config import read_settings
    from wsgi import create_app

    settings = read_settings()
    left = [number]

    def watch(event, *_arguments):
        if event == step:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

    def called(frame, event, _argument):
        if event == "call":
            watch(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}")

    with create_app(settings).app_context():
        sys.addaudithook(watch)
        sys.setprofile(called)
        restore(settings, Path(archive))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
