"""The page's own modules of JavaScript in a node process that is asked a question a line."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from installation import ROOT, missing

Ask = Callable[[Any], Any]


@contextmanager
def answering(folder: Path, modules: tuple[str, ...], program: str) -> Iterator[Ask]:
    """`program` reads a line of JSON for a question and writes one for the answer; it may import `modules`."""
    node = shutil.which("node")
    if node is None:
        missing("node", "apt-get install nodejs")
        raise AssertionError
    for name in modules:
        shutil.copy(ROOT / "static" / "js" / "tablet" / name, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "serve.js").write_text(program)
    with subprocess.Popen(
        [node, "serve.js"], cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdin
        assert run.stdout
        stdin, stdout = run.stdin, run.stdout

        def ask(question: Any) -> Any:
            stdin.write(json.dumps(question) + "\n")
            stdin.flush()
            return json.loads(stdout.readline())

        yield ask
        stdin.close()
