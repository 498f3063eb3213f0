"""Which process of a test run gets which files: those with a browser one after the other, all else beside them.

A test with a browser waits most of its time, and two of them at once keep each other waiting; the others keep a
processor busy. So the first process has the browsers, and whoever has done all of the own kind takes from the other.
"""

from typing import Any

from xdist.scheduler import LoadFileScheduling

WITH_BROWSER = "tests/browser/"


class ByLane(LoadFileScheduling):
    """Files as units of work, in the order of folders, to the process whose kind they are."""

    def _assign_work_unit(self, node: Any) -> None:
        has_browser = node is self.nodes[0]
        own = (file for file in self.workqueue if file.startswith(WITH_BROWSER) == has_browser)
        self.workqueue.move_to_end(next(own, next(iter(self.workqueue))), last=False)
        super()._assign_work_unit(node)
