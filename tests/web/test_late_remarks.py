"""What is on record of late prizes stands on every paper that prizes go into; the command sets and tells them."""

import io
import json
from dataclasses import replace

import docx
import pytest
from awarded import TERMS, Row, issue, make_published
from factories import make_account, make_competition, sign_in_account, stored
from flag_papers import cells, export, text_of
from flagged import HEBEI, MEDALS, add_flag, approve
from sqlalchemy import select

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.awards.late_prizes import ACTION, SetPrizesLate, late_remarks, set_prizes_late
from certificates.flags.exporting import TYPES, approved_flags
from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.paper_templates.fields import personal_values, shared_values
from certificates.papers.forms import Contest
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event, Programme
from competitions.setup import competition_of
from core import jobs
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.permissions import Role

REASON = "方案第八条已有规定，系统中漏填"


def late_event(**over):
    """A final result whose prizes were forgotten and set late, fixed, assessed and approved."""
    competition = make_competition(state=CompetitionState.AWARDING)
    facts = {"competition_id": competition.id, "name": "河北省职业技能大赛", "class_name": "", "pack_id": HEBEI}
    stored(Programme(**facts, filed_with=[]))
    rows = [Row(str(rank)) for rank in range(1, 9)]
    more = {"prize_rules": {}, "occupation_code": "6-18-02-04"} | over
    found = make_published(rows, competition=competition, **more)
    if not more["prize_rules"]:
        command = SetPrizesLate(found.competition_id, found.event_id, MEDALS, REASON, found.organiser)
        set_prizes_late(command)
    fix_awards(FixAwards(found.competition_id, found.event_id, found.organiser))
    assess_flags(AssessFlags(found.competition_id, found.event_id, found.organiser))
    approve(found, 2)
    return found


@pytest.mark.parametrize("form", TYPES)
def test_every_form_of_a_paper_says_when_by_whom_and_why_the_prizes_were_set(sqlite_app, form):
    published = late_event()
    text = text_of(export(published, form=form)).replace(" ", "")
    remark = late_remarks(db.session(), [published.event])[published.event_id].replace(" ", "")
    assert f"补录，理由：{REASON}（当时成绩已公布）" in remark
    assert published.organiser.name in remark
    assert remark in text
    assert text.count("奖项设置见说明") == 2


def test_prizes_that_were_set_in_time_leave_the_papers_as_they_were(app):
    published = late_event(prize_rules=MEDALS)
    assert "奖项设置" not in text_of(export(published))
    assert late_remarks(db.session(), [published.event]) == {}


def test_a_paper_of_one_person_alone_has_the_remark_in_full(sqlite_app):
    published = late_event()
    add_flag(published, "medal", "河北省五一劳动奖章", HEBEI)
    word = docx.Document(io.BytesIO(export(published, "medal", "docx").content))
    (beside,) = [row.cells[1].text for row in word.tables[0].rows if row.cells[0].text == "备注"]
    assert f"理由：{REASON}" in beside


def test_an_own_template_has_a_field_for_it(sqlite_app):
    published = late_event()
    approved = approved_flags(db.session(), competition_of(published.competition_id), "promotion")
    day = competition_of(published.competition_id).opens_on
    shared = shared_values(Contest("大赛", "总工会", day, day), approved)
    assert REASON in shared["奖项设置说明"]
    assert shared["人数"] == "2"
    assert [one["备注"] for one in personal_values(approved)] == ["奖项设置见说明"] * 2
    plain = [replace(one, prize_remark="") for one in approved]
    assert shared_values(Contest("大赛", "总工会", day, day), plain)["奖项设置说明"] == ""


def test_the_lists_that_are_printed_from_pages_say_it(app):
    published = late_event()
    add_flag(published, "medal", "河北省五一劳动奖章", HEBEI)
    issue(published, TERMS)
    jobs.sweep()
    client = app.test_client()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=published.event.competition))
    base = f"/certificates/competitions/{published.competition_id}"
    pages = [f"{base}/handing-out", f"{base}/batch", f"{base}/events/{published.event_id}/flags"]
    pages += [f"{base}/handing-out?event={published.event_id}", f"{base}/events/{published.event_id}/awards"]
    for page in pages:
        assert f"理由：{REASON}" in client.get(page).text, page
    assert REASON not in client.get(f"{base}/handing-out?event=0").text


@pytest.fixture
def run(sqlite_app):
    def call(*arguments):
        db.session.rollback()
        return sqlite_app.test_cli_runner().invoke(args=["certificates", "late-prizes", *map(str, arguments)])

    return call


@pytest.fixture
def forgotten(sqlite_app):
    published = make_published(prize_rules={})
    with transaction() as session:
        session.get_one(Competition, published.competition_id).state = CompetitionState.AWARDING
    return published.competition_id, published.event_id


PRIZES = ("--prize", "一等奖=1", "--prize", "二等奖＝12.5%", "--prize", "优胜奖=<=50%", "--tie", "include_all")


def test_the_command_sets_prizes_once_and_tells_them(run, forgotten):
    assert "没有奖项" in run(*forgotten).output

    done = run(*forgotten, *PRIZES, "--minimum", "3", "--reason", REASON)
    assert done.exit_code == 0, done.output
    assert "一等奖 1 名、二等奖 12.5%、优胜奖至 50%" in done.output
    assert f"命令行补录：{REASON}（当时成绩已公布）" in done.output

    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).one()
    assert (entry.actor, entry.actor_name) == ("system", "命令行")
    told = json.loads(run(*forgotten, "--json").output)
    assert told["prizes"] == {
        "prizes": [
            {"name": "一等奖", "number": 1},
            {"name": "二等奖", "share": "1/8"},
            {"name": "优胜奖", "up_to_share": "1/2"},
        ],
        "rounding": "half_up",
        "tie": "include_all",
        "minimum": 3,
    }
    assert [(one["reason"], one["is_change"]) for one in told["late"]] == [(REASON, False)]
    assert verify() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--prize", "一等奖=1"), "须写明理由"),
        (("--prize", "一等奖", "--reason", REASON), "应写成"),
        (("--prize", "一等奖=至3", "--reason", REASON), "应写成"),
        (("--prize", "一等奖=1.5", "--reason", REASON), "不是整数"),
    ],
)
def test_what_is_refused_is_said_with_status_1_and_stores_nothing(run, forgotten, arguments, words):
    result = run(*forgotten, *arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stdout == ""
    db.session.rollback()
    assert db.session.get_one(Event, forgotten[1]).prize_rules == {}


def test_an_event_of_another_competition_is_not_told_of(run, forgotten):
    result = run(forgotten[0] + 1, forgotten[1])
    assert (result.exit_code, result.stdout) == (1, "")


def test_a_list_of_one_event_has_a_row_for_each_person(sqlite_app):
    rows = cells(export(late_event()))
    assert [row[-1] for row in rows if row[:1] in (["1"], ["2"]) and len(row) == 13] == ["奖项设置见说明"] * 2
