"""Flags from final results: facts handed to the rules, reasons kept, decided by people, objections answered."""

from decimal import Decimal

import pytest
from at_once import at_once
from awarded import Published, Row, make_awarded, make_published
from factories import make_account, make_competition, make_delegation, make_entrant, sign_in_account, stored
from flagged import HEBEI, MEDALS
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certificates.awards.awarding import NotFinalError
from certificates.flags.cases import totals_of
from certificates.flags.recommending import (
    AnswerObjection,
    AssessFlags,
    DecideFlags,
    ObjectToFlag,
    Wanted,
    answer_objection,
    assess_flags,
    counts,
    decide_flags,
    flags_of,
    is_verified,
    object_to_flag,
)
from certificates.labels import benefit_of
from certificates.models import FlagObjection, FlagState, Recommendation
from competitions.models import Competition, Contestant, Form, ModuleKind, Programme
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role


def hebei(**over: str) -> Competition:
    """A competition of the programme that the pack of Hebei speaks of."""
    competition = make_competition()
    values = {"name": "2026年河北省职业技能大赛", "class_name": "", "pack_id": HEBEI} | over
    stored(Programme(competition_id=competition.id, **values))
    return competition


def make_flagged(rows: list[Row] | None = None, **over: object) -> Published:
    """A final result with medals under the pack of Hebei, assessed."""
    published = make_awarded(rows or [Row(str(rank)) for rank in range(1, 9)], **unassessed(**over))
    assess(published)
    return published


def unassessed(**over: object) -> dict[str, object]:
    return {"competition": hebei(), "prize_rules": MEDALS, "occupation_code": "6-18-02-04"} | over


def assess(published: Published) -> int:
    return assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser)).flags


def flags(published: Published, **wanted: str) -> list[Recommendation]:
    db.session.expire_all()
    return flags_of(db.session(), published.snapshot_id, Wanted(**wanted))


def promotions(published: Published, position: int) -> list[Recommendation]:
    contestant = published.contestant_ids[position - 1]
    return [f for f in flags(published) if f.contestant_id == contestant and f.benefit == "promotion"]


def test_a_medal_flags_a_promotion_with_clause_words_and_source(app: Flask) -> None:
    published = make_flagged()

    (flag,) = promotions(published, 1)

    assert (flag.decision, flag.name, flag.pack_id, flag.state) == ("flagged", "2", HEBEI, FlagState.OPEN)
    assert flag.answer["verb"] == "晋升"
    for reason in flag.answer["reasons"]:
        assert reason["quote"]
        assert reason["source"].startswith("http")
        assert reason["clause"]
        assert reason["held"] is True
    assert not is_verified(flag)


def test_without_a_prize_there_is_no_promotion_and_the_reason_says_so(app: Flask) -> None:
    (flag,) = promotions(make_flagged(), 5)

    assert flag.decision == "not_eligible"
    assert any(reason["held"] is False for reason in flag.answer["reasons"])


def test_nobody_is_ever_said_to_be_granted_anything(client: FlaskClient) -> None:
    published = make_flagged()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))

    shown = client.get(flags_page(published)).text

    assert "已授予" not in shown
    assert "已晋升" not in shown
    assert "规则未核实" in shown
    assert "晋级技师（二级）" in shown


def test_the_present_level_decides_how_far_a_promotion_goes(app: Flask) -> None:
    rows = [Row("1", member={"level": 2}), Row("2", member={"level": 1}), Row("3", member={"level": None})]
    rows += [Row(str(rank)) for rank in range(4, 9)]
    published = make_flagged(rows)

    assert [(f.decision, f.name) for f in promotions(published, 1)] == [("flagged", "1")]
    assert [f.decision for f in promotions(published, 2)] == ["not_eligible"]
    (unknown,) = promotions(published, 3)
    assert unknown.decision == "needs_facts"
    assert any("现技能等级" in word for word in unknown.answer["missing"])


def test_a_field_of_too_few_teams_gives_nothing(app: Flask) -> None:
    competition = hebei()
    delegation = make_delegation(competition_id=competition.id)
    rows = [Row(str(rank), member={"delegation_id": delegation.id}) for rank in range(1, 9)]

    published = make_flagged(rows, competition=competition)

    assert {flag.decision for flag in flags(published)} == {"not_eligible"}


def test_whoever_did_not_come_gets_nothing_and_whoever_has_no_place_is_counted(app: Flask) -> None:
    rows = [Row(str(rank)) for rank in range(1, 8)] + [Row(None, status="absent"), Row(None, status="below_gate")]
    published = make_awarded(rows, **unassessed())

    done = assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))

    assert done.without_place == 1
    assert [f.decision for f in promotions(published, 8)] == ["not_eligible"]
    assert promotions(published, 9) == []


def test_packs_are_found_where_nobody_has_chosen_one(app: Flask) -> None:
    published = make_flagged(competition=hebei(pack_id="", name="河北省第二届职业技能大赛"))

    assert {flag.pack_id for flag in flags(published)} == {HEBEI}


def test_where_no_pack_speaks_the_question_is_asked_and_not_passed_over(app: Flask) -> None:
    published = make_flagged(competition=hebei(pack_id="", name="某集团岗位练兵"))

    found = flags(published)

    assert len(found) == 8
    assert {flag.decision for flag in found} == {"needs_facts"}


def test_an_assessment_wants_a_final_result_and_fixed_prizes(app: Flask) -> None:
    with pytest.raises(NotFinalError):
        assess(make_published(is_final=False))
    with pytest.raises(ConflictError, match="请先确定"):
        assess(make_published())
    with pytest.raises(ConflictError, match="参赛者是单位"):
        assess(make_published(form=Form.UNIT))


def decide(published: Published, ids: list[int], state: FlagState, reason: str = "材料齐全，原件已核") -> int:
    return decide_flags(DecideFlags(published.competition_id, tuple(ids), state, reason, published.organiser))


def test_a_person_approves_with_a_reason_and_the_record_names_both(app: Flask) -> None:
    published = make_flagged()
    ids = [promotions(published, position)[0].id for position in (1, 2)]

    assert decide(published, ids, FlagState.APPROVED) == 2

    flag = promotions(published, 1)[0]
    assert (flag.state, flag.decided_by, flag.decision_reason) == (FlagState.APPROVED, "赵组织", "材料齐全，原件已核")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "flag.decided")).one()
    assert entry.detail == {"flags": ids, "state": "approved", "reason": "材料齐全，原件已核"}


def test_a_decision_is_taken_back_before_it_is_changed(app: Flask) -> None:
    published = make_flagged()
    ids = [promotions(published, 1)[0].id]
    decide(published, ids, FlagState.REJECTED, "本人放弃")

    with pytest.raises(ConflictError, match="已由赵组织审定"):
        decide(published, ids, FlagState.APPROVED)
    decide(published, ids, FlagState.OPEN, "放弃书有误")
    decide(published, ids, FlagState.APPROVED)

    assert promotions(published, 1)[0].state is FlagState.APPROVED


def test_decisions_that_cannot_be_are_refused(app: Flask) -> None:
    published = make_flagged()
    one, refused = promotions(published, 1)[0].id, promotions(published, 5)[0].id

    with pytest.raises(InvalidInputError, match="须写明理由"):
        decide(published, [one], FlagState.APPROVED, " ")
    with pytest.raises(InvalidInputError, match="请先选中"):
        decide(published, [], FlagState.APPROVED)
    with pytest.raises(ConflictError, match="不符合条件"):
        decide(published, [one, refused], FlagState.APPROVED)
    with pytest.raises(ConflictError, match="无可撤回"):
        decide(published, [one], FlagState.OPEN)
    other = make_flagged()
    with pytest.raises(NotFoundError):
        decide(other, [one], FlagState.APPROVED)
    assert promotions(published, 1)[0].state is FlagState.OPEN


def test_two_people_decide_at_once_and_one_of_them_is_told(app: Flask) -> None:
    published = make_flagged()
    ids = [promotions(published, 1)[0].id]

    def attempt(state: FlagState) -> str:
        try:
            decide(published, ids, state)
        except ConflictError:
            return "told"
        return "done"

    assert sorted(at_once(app, attempt, (FlagState.APPROVED, FlagState.REJECTED))) == ["done", "told"]


def test_facts_that_come_later_change_open_flags_and_leave_decided_ones(app: Flask) -> None:
    rows = [Row("1", member={"level": None}), Row("2", member={"level": 3})]
    published = make_flagged(rows + [Row(str(rank)) for rank in range(3, 9)])
    decide(published, [promotions(published, 2)[0].id], FlagState.REJECTED, "本人放弃")
    with transaction() as session:
        for key in published.contestant_ids[:2]:
            session.get_one(Contestant, key).level = 2

    assess(published)

    assert [(f.decision, f.name) for f in promotions(published, 1)] == [("flagged", "1")]
    kept = [f for f in promotions(published, 2) if f.state is FlagState.REJECTED]
    assert [(f.decision, f.name) for f in kept] == [("flagged", "2")]


def test_flags_are_filtered_counted_and_in_the_order_of_places(app: Flask) -> None:
    published = make_flagged()

    assert [f.contestant_id for f in flags(published, decision="flagged")] == published.contestant_ids[:3]
    found = counts(db.session(), [published.snapshot_id])[published.snapshot_id]
    assert (found["flagged"], found["open"]) == (3, 3)
    assert found["not_eligible"] == len(flags(published, decision="not_eligible"))
    assert flags(published, search="没有这个人") == []


def test_an_objection_is_answered_once_and_survives_a_new_assessment(app: Flask) -> None:
    published = make_flagged()
    flag = promotions(published, 5)[0]
    me = flag.contestant_id

    number = object_to_flag(ObjectToFlag(flag.id, "我获得过铜牌", published.organiser), [me])
    assess(published)
    answer = AnswerObjection(published.competition_id, number, "已复核，名次第 5", published.organiser)
    answer_objection(answer)

    stored_objection = db.session.get_one(FlagObjection, number)
    assert (stored_objection.answer, stored_objection.answered_by) == ("已复核，名次第 5", "赵组织")
    with pytest.raises(ConflictError, match="已由赵组织答复"):
        answer_objection(answer)


def test_nobody_objects_for_another_and_nothing_empty_is_stored(app: Flask) -> None:
    published = make_flagged()
    flag = promotions(published, 1)[0]

    with pytest.raises(NotFoundError):
        object_to_flag(ObjectToFlag(flag.id, "不是我", published.organiser), [flag.contestant_id + 1])
    with pytest.raises(InvalidInputError, match="写明您的意见"):
        object_to_flag(ObjectToFlag(flag.id, " ", published.organiser), [flag.contestant_id])
    with pytest.raises(InvalidInputError, match="写明答复"):
        answer_objection(AnswerObjection(published.competition_id, 1, "", published.organiser))


def flags_page(published: Published) -> str:
    return f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/flags"


def test_the_organiser_assesses_and_decides_on_the_page(client: FlaskClient) -> None:
    published = make_awarded([Row(str(rank)) for rank in range(1, 9)], **unassessed())
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))

    assert "还没有核对" in client.get(flags_page(published)).text
    assert "已核对" in client.post(flags_page(published), follow_redirects=True).text
    flag = promotions(published, 1)[0]
    decisions = flags_page(published).replace("/flags", "/flag-decisions")
    answer = client.post(
        f"{decisions}?decision=flagged",
        data={"flags": [flag.id], "state": "approved", "reason": "材料齐全"},
        follow_redirects=True,
    )

    assert "已记下对 1 项推荐的决定" in answer.text
    assert "同意推荐" in answer.text
    assert "不符合</span>" not in answer.text


def test_a_stranger_neither_sees_nor_decides_flags(client: FlaskClient) -> None:
    published = make_flagged()
    sign_in_account(client, make_account(display_name="李外人", role=Role.ORGANISER, competition=make_competition()))

    assert client.get(flags_page(published)).status_code == 403
    assert client.post(flags_page(published)).status_code == 403
    assert client.post(flags_page(published).replace("/flags", "/flag-decisions")).status_code == 403


HEADINGS = [{"id": "T", "max": "100"}, {"id": "P", "max": "50"}, {"id": "S", "max": "100"}]
KINDS = {"T": ModuleKind.EXTERNAL, "P": ModuleKind.JUDGED}


def test_theory_and_practice_are_out_of_a_hundred_and_stages_are_not_counted() -> None:
    assert totals_of(HEADINGS, ["59.5", "45", "88"], KINDS) == {"理论": Decimal("59.5"), "实操": Decimal(90)}


def test_nobody_passes_by_rounding() -> None:
    headings = [{"id": "P", "max": "30"}]

    assert totals_of(headings, ["17.99999999999999999999999999999999"], KINDS) == {"实操": Decimal("59.999999")}


def test_a_part_that_is_not_known_in_full_is_not_known() -> None:
    assert totals_of(HEADINGS, ["80", None, None], KINDS) == {"理论": Decimal(80)}
    assert totals_of([{"id": "P", "max": None}], ["80"], KINDS) is None


def test_a_benefit_is_called_by_its_name(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context():
        assert benefit_of(Recommendation(benefit="promotion", name="3")) == "晋级高级工（三级）"
        assert benefit_of(Recommendation(benefit="promotion", name="")) == "职业技能等级晋级"
        assert benefit_of(Recommendation(benefit="medal", name="河北省五一劳动奖章")) == "河北省五一劳动奖章"
        assert benefit_of(Recommendation(benefit="honour", name="")) == "荣誉称号"


def test_an_entrant_without_a_result_line_is_not_assessed(app: Flask) -> None:
    published = make_awarded([Row(str(rank)) for rank in range(1, 9)], **unassessed())
    late = make_entrant(event_id=published.event_id)

    assess(published)

    assert late.members[0].id not in {flag.contestant_id for flag in flags(published)}
