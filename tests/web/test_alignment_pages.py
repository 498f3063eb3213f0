"""A stored competition held against its packs: the facts found, deviations approved with a reason, page and command."""

import json
from datetime import date

import pytest
from factories import (
    WELDING_SCHEME,
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_module,
    make_panel,
    make_person,
    make_scheme_version,
    sign_in_account,
    stored,
)
from flask.testing import FlaskClient
from sqlalchemy import select

from competitions.alignment.aligning import ApproveDeviation, Entered, approve_deviation, held_events, plan_of
from competitions.models import Competition, DeviationApproval, EntrantStatus, Event, ModuleKind, Programme
from competitions.setup import competition_of
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.schemes.planned import planned, stated

XIONGAN = "xiongan.workers-contest.2022"


def make_planned(**over) -> tuple[Competition, Event]:
    """A competition under the pack of Xiong'an, which wants theory 30 and practice 70; here it is 40 and 60."""
    competition = make_competition(title="2022年雄安新区职工职业技能竞赛", jurisdiction="雄安新区")
    programme = {"name": "雄安新区职工职业技能竞赛", "class_name": "", "pack_id": XIONGAN, "filed_with": []}
    stored(Programme(competition_id=competition.id, **(programme | over)))
    event = make_event(competition=competition, name="焊工", written_at_level=4)
    make_module(event=event, code="T", kind=ModuleKind.EXTERNAL, weight="40")
    module = make_module(event=event, code="P", weight="60")
    make_panel(module=module)
    return competition_of(competition.id), db.session.get_one(Event, event.id)


def held(competition, scheme=None):
    db.session.expire_all()
    found = held_events(db.session(), competition_of(competition.id), *([] if scheme is None else [scheme]))
    return found[0]


def points(found, verdict):
    return [one for pack in found.packs for one in pack.points if one.point.verdict == verdict]


def all_points(found):
    return [one for pack in found.packs for one in pack.points]


def weights_point(competition):
    return next(one for one in points(held(competition), "deviates") if "权重" in one.point.wanted)


def approval(competition, event, **over):
    point = weights_point(competition).point
    values = {"competition_id": competition.id, "event_id": event.id, "pack_id": point.pack}
    values |= {"dimension": point.dimension, "wanted": point.wanted, "found": point.found}
    values |= {"reason": "省赛办批复", "actor": make_actor(Role.ORGANISER, competition.id)}
    return ApproveDeviation(**(values | over))


def test_weights_from_modules_and_levels_from_the_event_are_held_against_the_text(app):
    competition, _ = make_planned()

    found = {one.point.wanted: one.point.found for one in points(held(competition), "deviates")}

    assert found["权重 理论 30%、实操 70%"] == "理论 40%、实操 60%"
    assert found["命题不低于高级工"] == "中级工"


def test_what_nobody_has_said_stays_open_and_is_no_deviation(app):
    competition = make_competition(jurisdiction="雄安新区")
    stored(Programme(competition_id=competition.id, name="x", class_name="", pack_id=XIONGAN, filed_with=[]))
    make_event(competition=competition, written_at_level=None, group_name="")

    found = held(competition)

    assert points(found, "deviates") == []
    assert points(found, "open")


def test_absent_and_withdrawn_entrants_do_not_fill_a_small_field(sqlite_app):
    competition = make_competition()
    pack = "hebei.provincial-skills-contest.2025"
    stored(
        Programme(competition_id=competition.id, name="河北省职业技能大赛", class_name="", pack_id=pack, filed_with=[])
    )
    event = make_event(competition=competition)
    for number in range(6):
        status = EntrantStatus.ABSENT if number == 0 else EntrantStatus.PRESENT
        make_entrant(event=event, delegation=make_delegation(competition=competition), status=status)

    (point,) = [one.point for one in points(held(competition), "deviates") if one.point.dimension == "minimum_field"]
    assert point.found == "5 队"

    make_entrant(event=event, delegation=make_delegation(competition=competition))
    assert not [one for one in points(held(competition), "deviates") if one.point.dimension == "minimum_field"]


def test_the_youngest_entrant_counts_and_a_missing_birth_date_leaves_the_age_open(sqlite_app):
    competition, event = make_planned(name="枣庄市技术能手", pack_id="zaozhuang.skilled-worker.2021")

    def age():
        found = [one.point for one in all_points(held(competition)) if one.point.wanted == "最低年龄 16"]
        return [(point.verdict, point.found) for point in found]

    make_entrant(event=event, person=make_person(birth=date(2010, 10, 18)))
    assert age() == [("agrees", "16 岁")]
    make_entrant(event=event, person=make_person(birth=None))
    assert age() == [("open", "未填写")]


def test_who_is_sixteen_a_day_after_the_opening_is_too_young(sqlite_app):
    competition, event = make_planned(name="枣庄市技术能手", pack_id="zaozhuang.skilled-worker.2021")
    make_entrant(event=event, person=make_person(birth=date(2010, 10, 19)))

    assert "15 岁" in [one.point.found for one in points(held(competition), "deviates")]


def test_prizes_by_share_become_parts_of_their_own(sqlite_app):
    rules = {"prizes": [{"name": "一等奖", "up_to_share": "1/10"}, {"name": "二等奖", "up_to_share": "3/10"}]}
    _, event = make_planned()
    with transaction() as session:
        session.get_one(Event, event.id).prize_rules = rules
    plan = plan_of(db.session.get_one(Event, event.id), Entered())
    assert [str(prize.share) for prize in plan.prizes] == ["1/10", "1/5"]


def test_an_approved_deviation_stands_with_reason_name_and_audit(app):
    competition, event = make_planned()
    before = held(competition).pending

    row_id = approve_deviation(approval(competition, event))

    found = held(competition)
    assert found.pending == before - 1
    row = db.session.get_one(DeviationApproval, row_id)
    assert (row.reason, row.approved_by) == ("省赛办批复", "赵组织")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "deviation.approved")).one()
    assert entry.chain == competition.id
    assert entry.detail["wanted"] == row.wanted
    assert entry.detail["reason"] == "省赛办批复"


def test_an_approval_does_not_cover_another_plan(app):
    competition, event = make_planned()
    approve_deviation(approval(competition, event))
    with transaction() as session:
        changed = session.get_one(Event, event.id)
        changed.modules[0].weight, changed.modules[1].weight = "50", "50"

    assert weights_point(competition).approval is None


def test_an_approval_wants_a_reason_and_a_deviation_that_is_there(app):
    competition, event = make_planned()
    with pytest.raises(InvalidInputError, match="理由"):
        approve_deviation(approval(competition, event, reason=" "))
    with pytest.raises(ConflictError, match="已有变化"):
        approve_deviation(approval(competition, event, found="理论 10%、实操 90%"))
    with pytest.raises(NotFoundError):
        approve_deviation(approval(competition, event, event_id=make_event().id))
    approve_deviation(approval(competition, event))
    with pytest.raises(ConflictError, match="赵组织"):
        approve_deviation(approval(competition, event))
    assert len(db.session.scalars(select(DeviationApproval)).all()) == 1


def test_the_scheme_states_trimming_and_ties(sqlite_app):
    assert stated(scheme_from_document(WELDING_SCHEME))["drop_each_end"] == 1
    uneven = WELDING_SCHEME | {"default_panel": {"judges": 5, "drop_high": 1, "drop_low": 0}}
    assert "drop_each_end" not in stated(scheme_from_document(uneven))
    plain = WELDING_SCHEME | {"default_panel": {"judges": 5}}
    assert stated(scheme_from_document(plain))["drop_each_end"] == 0
    event = make_event()
    assert planned([event.id]) == {}
    make_scheme_version(event=event)
    assert planned([event.id])[event.id]["shared_places"] is True


def signed_in(app, competition, role=Role.ORGANISER) -> FlaskClient:
    return sign_in_account(app.test_client(), make_account(role=role, competition=competition))


def posted(competition, event, **over):
    command = approval(competition, event)
    names = ("event_id", "pack_id", "dimension", "wanted", "found", "reason")
    return {name: getattr(command, name) for name in names} | over


def test_the_page_shows_clause_words_and_doubt_and_takes_an_approval(app):
    competition, event = make_planned()
    client, page = signed_in(app, competition), f"/competitions/{competition.id}/alignment"

    before = client.get(page)
    assert before.status_code == 200
    for words in ("权重 理论 30%、实操 70%", "理论 40%、实操 60%", "未核实", "同意偏离", "不在这份规则的有效期内"):
        assert words in before.text, words

    refused = client.post(page, data=posted(competition, event, reason=" "))
    assert refused.status_code == 422
    assert "同意偏离须写明理由" in refused.text

    answer = client.post(page, data=posted(competition, event), follow_redirects=True)
    assert "赵组织" in answer.text
    assert "省赛办批复" in answer.text


def test_a_supervisor_looks_and_does_not_approve(sqlite_app):
    competition, event = make_planned()
    client = signed_in(sqlite_app, competition, Role.SUPERVISOR)
    page = f"/competitions/{competition.id}/alignment"

    assert "同意偏离的理由" not in client.get(page).text
    assert client.post(page, data=posted(competition, event)).status_code == 403
    assert signed_in(sqlite_app, make_competition()).get(page).status_code == 403


def test_without_a_pack_the_page_says_what_to_do(sqlite_app):
    competition = make_competition(title="某厂劳动竞赛", jurisdiction="150000")
    make_event(competition=competition)
    page = signed_in(sqlite_app, competition).get(f"/competitions/{competition.id}/alignment")
    assert "没有适用于这项竞赛的规则包" in page.text


def test_the_command_prints_what_the_page_shows(sqlite_app):
    competition, event = make_planned()
    approve_deviation(approval(competition, event))
    runner = sqlite_app.test_cli_runner()

    text = runner.invoke(args=["competitions", "align", str(competition.id)])
    assert text.exit_code == 0, text.output
    assert "[不符] 权重、合格线、去高去低、扣分与加时：权重 理论 30%、实操 70%；现为 理论 40%、实操 60%" in text.output
    assert "已由赵组织同意：省赛办批复" in text.output

    (entry,) = json.loads(runner.invoke(args=["competitions", "align", str(competition.id), "--json"]).output)
    assert entry["event"] == event.title
    (found,) = [one for one in entry["alignments"] if one["pack"] == XIONGAN]
    assert found["deviations"] == found["pending"] + 1
    assert [p["approval"]["reason"] for p in found["points"] if p["approval"]] == ["省赛办批复"]

    missing = runner.invoke(args=["competitions", "align", "9999"])
    assert missing.exit_code == 1
    both = runner.invoke(args=["competitions", "align", str(competition.id), "--pack", XIONGAN])
    assert "不能用 --pack" in both.output
