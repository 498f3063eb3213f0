"""The examples of docs/api.md as they stand there, with curl against a real server."""

import json
import os
import re
import shutil
import subprocess

import pytest
from awarded import Row
from factories import make_competition, make_event
from flagged import add_flag, approve, make_flagged
from installation import ROOT, missing
from programs_made import make_token
from registration_lists import HEADINGS, person

from competitions.lifecycle import CompetitionState
from core.programs.endpoints import OPERATIONS
from core.programs.scopes import SCOPES

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE.partition("# Judges' devices")[0], re.DOTALL)


@pytest.fixture(scope="module")
def surroundings(running):
    """A server with a published result, and where the examples find it."""
    with running.app.app_context():
        made = make_flagged([Row("1", name="赵甲", total="94.28"), Row("2", name="钱乙", total="94.20")])
        approve(made)
        add_flag(made, "medal", "河北省五一劳动奖章", "hebei.provincial-skills-contest.2025")
        token = make_token(made.competition_id).token
        competition_id, event_id = made.competition_id, made.event_id
    running.start()
    return os.environ | {
        "SERVER": running.url,
        "TOKEN": token,
        "COMPETITION": str(competition_id),
        "EVENT": str(event_id),
    }


def run(example, surroundings, folder):
    if shutil.which("curl") is None:
        missing("curl", "apt-get install curl")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example],
        check=False,
        env=surroundings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_the_examples_that_are_run_here():
    assert len(EXAMPLES) == 5
    assert all("$TOKEN" in one for one in EXAMPLES)


def test_what_the_token_is(surroundings, tmp_path):
    told = json.loads(run(EXAMPLES[0], surroundings, tmp_path))
    written = json.loads(re.search(r"```json\n(\{\"program\".*?)```", PAGE, re.DOTALL)[1])

    assert told.keys() == written.keys()
    assert told["competition"] == int(surroundings["COMPETITION"])


def test_results_medals_certificates(surroundings, tmp_path):
    results, medals, certificates = (json.loads(line) for line in _bodies(run(EXAMPLES[1], surroundings, tmp_path)))

    assert [one["event"] for one in results["items"]] == [int(surroundings["EVENT"])]
    assert [one["wanted"] for one in medals["items"]] == ["河北省五一劳动奖章"]
    assert certificates == {"next": None, "items": []}


def _bodies(text):
    """Answers stand behind each other without a line between them."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text):
        _value, end = decoder.raw_decode(text, place)
        yield text[place:end]
        place = end


def test_all_pages_of_a_result(surroundings, tmp_path):
    lines = run(EXAMPLES[2], surroundings, tmp_path).splitlines()

    assert len(lines) == 8
    assert lines[:2] == ["1 赵甲 94.28", "2 钱乙 94.20"]


def test_asking_again_costs_nothing_while_nothing_changed(surroundings, tmp_path):
    assert run(EXAMPLES[3], surroundings, tmp_path) == "304"
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["items"]


def test_a_roster_is_looked_at_and_put_in(surroundings, running, tmp_path):
    with running.app.app_context():
        competition_id = make_competition(state=CompetitionState.REGISTERING).id
        make_event(competition_id=competition_id, name="焊工", group_name="")
        token = make_token(competition_id).token
    rows = [HEADINGS, *(person(number, "焊工") for number in (1, 2))]
    (tmp_path / "roster.csv").write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    answers = run(EXAMPLES[4], surroundings | {"TOKEN": token, "COMPETITION": str(competition_id)}, tmp_path)

    looked, put_in = (json.loads(one) for one in _bodies(answers))
    assert (looked["dry_run"], looked["new"], looked["rows"]) == (True, 2, [])
    assert (put_in["dry_run"], put_in["added_contestants"]) == (False, 2)


def test_every_endpoint_and_scope_stands_on_the_page(running):
    assert OPERATIONS
    for operation in OPERATIONS.values():
        address = operation.path.replace("<int:competition_id>", "{id}").replace("<int:event_id>", "{event}")
        assert f"`{address}`" in PAGE, address
    for scope in SCOPES:
        assert f"`{scope.permission}` {scope.name} |" in PAGE
        assert scope.needs is None or f"`{scope.needs}` |" in PAGE
