"""No marks file, however damaged, raises a traceback or is ranked in part; YAML's own devices work or are refused."""

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from scoring.cli import cli
from scoring.engine.problems import SchemeError
from scoring.formats.yaml_scheme import load_scheme

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAMES = ("diving", "gymnastics", "labour-contest", "welder", "worldskills", "climbing-combined")


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_marks_file_is_ranked_whole_or_refused_line_by_line(name, tmp_path):
    random = Random(name)
    good = (EXAMPLES / f"{name}.csv").read_bytes()
    for number in range(40):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(_damaged(good, random))

        answer = CliRunner().invoke(cli, ["rank", str(EXAMPLES / f"{name}.yaml"), str(path)])

        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        if answer.exit_code:
            assert answer.stdout == ""
            assert all(line.startswith(f"{number}.csv:") for line in answer.stderr.splitlines())
        else:
            assert answer.stdout.startswith("rank,contestant,total")


def _damaged(data, random):
    lines = data.split(b"\n")
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(lines))
        what = random.randint(0, 6)
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif what == 2:
            place = random.randrange(len(lines[at]) + 1)
            lines[at] = (
                lines[at][:place]
                + random.choice([b'"', b",", b"\0", b"\xff\xfe", b"\r", b"-", b"9", b"e"])
                + lines[at][place:]
            )
        elif what == 3:
            cells = lines[at].split(b",")
            random.shuffle(cells)
            lines[at] = b",".join(cells)
        elif what == 4:
            lines[at] = lines[at][: random.randrange(len(lines[at]) + 1)]
        elif what == 5:
            lines[at] = lines[at] * 3
        else:
            lines[at] = lines[at].replace(b".", b",")
        lines = lines or [b""]
    return b"\n".join(lines)


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"contestant,aspect,judge,value", b"\xff" * 50, b"," * 10_000, b'"' * 99]
)
def test_a_file_that_is_none_is_refused(data, tmp_path):
    (tmp_path / "m.csv").write_bytes(data)

    answer = CliRunner().invoke(cli, ["rank", str(EXAMPLES / "diving.yaml"), str(tmp_path / "m.csv")])

    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_anchors_repeat_a_part_and_a_circle_is_refused():
    scheme = load_scheme(
        "title: t\npanels: {p: &p {judges: 5, drop_high: 1, drop_low: 1}}\n"
        "children: [{code: A, max: 10, panel: *p}, {code: B, max: 10, panel: *p}]\n"
    )
    assert scheme.node("A").panel == scheme.node("B").panel

    with pytest.raises(SchemeError):
        load_scheme("title: t\nchildren: &c [{code: A, children: *c}]\n")
