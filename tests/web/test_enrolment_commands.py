"""Online registration for programs: the list as CSV, JSON and workbook; decisions by number and revision."""

import csv
import json

import pytest
from asked import asked
from enrolled import make_enrolment
from enrolled_pages import organiser_of, run
from factories import identity_number

from competitions.enrolment.deciding import obstacle_to
from competitions.enrolment.eligibility import same_person, troubles_of
from competitions.enrolment.listing import HEADINGS
from competitions.enrolment.models import EntryState
from core.db import db
from core.spreadsheets import read_spreadsheet


@pytest.fixture
def enrolment(app):
    made = make_enrolment()
    made.add(1)
    made.add(2, made.other_id)
    made.hand_in()
    made.add(3)
    return made


def call(app, *args):
    return app.test_cli_runner().invoke(args=["competitions", *map(str, args)])


def test_the_list_has_who_was_handed_in_and_no_draft_and_no_number(app, enrolment):
    done = call(app, "enrolled", enrolment.competition_id)
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [(row["姓名"], row["代表队"], row["状态"]) for row in rows] == [("选手乙", "唐山市", "已报送，待审核")]
    assert identity_number(1) not in done.stdout
    assert json.loads(call(app, "enrolled", enrolment.competition_id, "--json").stdout)[0]["赛项"] == "焊工（职工）"
    assert call(app, "enrolled", enrolment.competition_id, "--state", "approved").stdout.count("\n") == 1


def test_a_workbook_is_written_and_given_on_the_page(app, enrolment, tmp_path):
    out = tmp_path / "名单.xlsx"
    assert call(app, "enrolled-export", enrolment.competition_id, out).exit_code == 0
    page = organiser_of(app, enrolment).get(run(enrolment, "/list.xlsx"))
    for data in (out.read_bytes(), page.data):
        rows = read_spreadsheet(data, "x.xlsx")[0].rows
        assert tuple(rows[0]) == HEADINGS
        assert [row[6] for row in rows[1:]] == ["选手乙"]


def test_approving_and_returning_take_the_revision_that_the_list_told(app, enrolment):
    (row,) = json.loads(call(app, "enrolled", enrolment.competition_id, "--json").stdout)
    stale = call(app, "enrolled-approve", enrolment.competition_id, f"{row['编号']}:9")
    assert stale.exit_code == 1
    assert "改过" in stale.stderr
    done = call(app, "enrolled-approve", enrolment.competition_id, f"{row['编号']}:{row['版本']}")
    assert "进入参赛名单 1 个" in done.stdout
    seen = f"{row['编号']}:{row['版本'] + 1}"
    back = call(app, "enrolled-return", enrolment.competition_id, seen, "--reason", "误通过")
    assert "已撤销通过" in back.stdout
    assert enrolment.entry(row["编号"]).state is EntryState.RETURNED


def test_who_waits_is_returned_with_a_reason(app, enrolment):
    (row,) = json.loads(call(app, "enrolled", enrolment.competition_id, "--json").stdout)
    seen = f"{row['编号']}:{row['版本']}"
    assert call(app, "enrolled-return", enrolment.competition_id, seen, "--reason", " ").exit_code == 1
    assert call(app, "enrolled-return", enrolment.competition_id, seen, "--reason", "缺证书").exit_code == 0
    assert enrolment.entry(row["编号"]).reason == "缺证书"


@pytest.mark.parametrize(
    "args", [("enrolled", 99), ("enrolled-approve", 1, "x"), ("enrolled-approve", 1), ("enrolled-return", 1, "99:1")]
)
def test_nonsense_is_refused(app, enrolment, args):
    assert call(app, *args).exit_code != 0


def test_what_is_counted_at_once_is_what_each_page_tells_in_as_many_queries_for_all(app):
    enrolment = make_enrolment()
    for number in range(1, 6):
        enrolment.add(number)
        if number < 4:
            enrolment.add(number, enrolment.other_id)
    enrolment.hand_in()
    enrolment.hand_in(enrolment.other_id)
    enrolment.approve(enrolment.entries(enrolment.other_id)[0].id)
    entries = enrolment.entries()
    one_by_one = {
        one.id: (obstacle_to(db.session(), one) is not None) + len(same_person(db.session(), one)) for one in entries
    }
    with asked() as statements:
        found = troubles_of(db.session(), enrolment.competition_id, entries)
    assert found == one_by_one
    assert sorted(found.values()) == [0, 0, 1, 1, 2]
    assert len(statements) <= 4
