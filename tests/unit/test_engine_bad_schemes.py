"""One mistake a file: each is refused with its line and a sentence; no file at all raises anything else."""

import contextlib
import re
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from scoring.cli import cli
from scoring.engine.problems import SchemeError
from scoring.formats.yaml_scheme import load_scheme

ROOT = Path(__file__).parents[2]
BAD = sorted((ROOT / "tests" / "data" / "bad-schemes").glob("*.yaml"))
GOOD = sorted((ROOT / "docs" / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_the_mistake_is_named_with_its_line(path):
    text = path.read_text(encoding="utf-8")
    line = int(re.search(r"# line: (\d+)", text)[1])
    sentence = re.search(r"# says: (.+)", text)[1]

    with pytest.raises(SchemeError) as caught:
        load_scheme(text, path.name)

    assert len(caught.value.problems) == 1, caught.value.problems
    problem = caught.value.problems[0]
    assert sentence in problem.message
    assert (problem.file, problem.line) == (path.name, line)
    assert "\n" not in str(problem)


def test_all_mistakes_of_a_file_are_named_at_once():
    with pytest.raises(SchemeError) as caught:
        load_scheme("titel: 甲\nchildren:\n  - {code: A, max: x}\n  - {code: B, kind: y}\n", "s.yaml")

    assert [problem.line for problem in caught.value.problems] == [1, 3, 4, 1]


def test_the_command_prints_one_line_a_mistake_and_fails(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("titel: 甲\nchildren:\n  - {code: A, max: x}\n", encoding="utf-8")

    answer = CliRunner().invoke(cli, ["scheme-check", str(path)])

    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 3
    assert all(line.startswith("s.yaml:") for line in answer.stderr.splitlines())


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_no_damage_to_a_good_file_raises_anything_but_a_refusal(path):
    random = Random(path.stem)
    text = path.read_text(encoding="utf-8")
    for _ in range(150):
        damaged = _damaged(text, random)
        with contextlib.suppress(SchemeError):
            load_scheme(damaged, "damaged.yaml")


def _damaged(text, random):
    lines = text.split("\n")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        what = random.randint(0, 6)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif what == 2:
            lines[at] = "  " + lines[at]
        elif what == 3:
            lines[at] = re.sub(r"\d+", random.choice(["-1", "x", "1e9", "", "99999999999999999999", "0"]), lines[at])
        elif what == 4:
            place = random.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + random.choice(":{}[]-&*!|>'\"%@`,#?\t\0é𠮷") + lines[at][place:]
        elif what == 5:
            lines[at] = re.sub(r": .*", random.choice([":", ": []", ": {}", ": null", ": true", ": [[1]]"]), lines[at])
        else:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        lines = lines or [""]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf",
        b"a: &a [*a]",
        b"[" * 5000,
        b"title: x\nchildren: " + b"{code: A, children: [" * 60,
        b"? [1]\n: 2",
        b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
        b"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]",
        b"!!python/object/apply:os.system ['x']",
        b"title: x\nchildren: [{code: 1}]\n? ",
    ],
    ids=range(10),
)
def test_hostile_bytes_are_refused(data):
    with pytest.raises(SchemeError):
        load_scheme(data, "hostile.yaml")
