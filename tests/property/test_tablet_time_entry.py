"""How the tablet says what a typed time comes to: the reading beside the keypad is the mark that the server makes."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from installation import ROOT, missing

from scoring.engine.marks import seconds

Said = Callable[[list[str]], list[list[str]]]
TEXTS = {"time_form": "分:秒", "time_read": "即 {clock}"}
SAY = """
import { readFileSync } from "node:fs";
import { speak } from "./dom.js";
import { clockText } from "./entry_view.js";
const { texts, entries } = JSON.parse(readFileSync(0, "utf8"));
speak(texts, "zh-CN");
const said = (is_time) => entries.map((entry) => clockText({ is_time }, entry));
console.log(JSON.stringify([said(true), said(false)]));
"""


@pytest.fixture(scope="module")
def say(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """The page's own module in node: what it says of each entry for a time, and for anything else."""
    node = shutil.which("node")
    if node is None:
        missing("node", "apt-get install nodejs")
        raise AssertionError
    folder = tmp_path_factory.mktemp("entry")
    for path in (ROOT / "static" / "js" / "tablet").glob("*.js"):
        shutil.copy(path, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "say.js").write_text(SAY)
    return lambda entries: _asked(node, folder, entries)


def _asked(node: str, folder: Path, entries: list[str]) -> list[list[str]]:
    asked = json.dumps({"texts": TEXTS, "entries": entries})
    run = subprocess.run([node, "say.js"], cwd=folder, input=asked, text=True, capture_output=True, check=True)
    found: list[list[str]] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("", "分:秒"),
        ("59", ""),
        ("60", "即 1:00"),
        ("61", "即 1:01"),
        ("0075", "即 1:15"),
        ("3725", "即 62:05"),
        ("1:30", ""),
        ("75.5", ""),
        ("-75", ""),
    ],
)
def test_a_number_of_a_minute_or_more_is_read_back_as_minutes(say: Said, entry: str, said: str) -> None:
    assert say([entry])[0] == [said]


def test_nothing_is_said_of_an_aspect_that_is_no_time(say: Said) -> None:
    assert say(["", "75", "1:30"])[1] == ["", "", ""]


@settings(max_examples=5, deadline=None)
@given(entries=st.lists(st.integers(60, 59_999), min_size=50, max_size=200))
def test_what_is_read_back_is_the_same_time_for_the_server(say: Said, entries: list[int]) -> None:
    for entry, said in zip(entries, say([str(entry) for entry in entries])[0], strict=True):
        assert seconds(said.removeprefix("即 ")) == seconds(str(entry)) == entry
