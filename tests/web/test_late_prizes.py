"""Prizes that were forgotten before marking: set with a reason, shown beside the awards, never once they are fixed."""

from html import unescape
from typing import Any

import pytest
from at_once import at_once
from awarded import PRIZES, Published, make_published
from factories import make_account, make_competition, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certificates.awards.awarding import FixAwards, NoPrizesError, fix_awards
from certificates.awards.late_prizes import ACTION, SetPrizesLate, late_prizes, set_prizes_late
from certificates.models import Award
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Event
from competitions.setup import WrongStateError
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from core.permissions import Role

OTHER = {"prizes": [{"name": "金奖", "number": 1}], "rounding": "down", "tie": "hold", "minimum": 0}
REASON = "方案第八条已有规定，系统中漏填"


def forgotten(state: CompetitionState = CompetitionState.AWARDING, **over: Any) -> Published:
    """A final result of an event without prizes."""
    published = make_published()
    with transaction() as session:
        event = session.get_one(Event, published.event_id)
        for key, value in ({"prize_rules": {}} | over).items():
            setattr(event, key, value)
        session.get_one(Competition, published.competition_id).state = state
    return published


def late(published: Published, rules: Any = PRIZES, reason: str = REASON, **over: Any) -> None:
    ids = {"competition_id": published.competition_id, "event_id": published.event_id} | over
    set_prizes_late(SetPrizesLate(**ids, prize_rules=rules, reason=reason, actor=published.organiser))


def stored(published: Published) -> dict[str, Any]:
    db.session.expire_all()
    return dict(db.session.get_one(Event, published.event_id).prize_rules)


def test_forgotten_prizes_are_set_recorded_and_awarded(app: Flask) -> None:
    published = forgotten()
    late(published)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).one()
    assert (entry.target, entry.actor) == (f"event:{published.event_id}", published.organiser.key)
    assert entry.detail == {"before": {}, "after": PRIZES, "published": True, "reason": REASON}
    assert fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser)) == 5
    assert verify() == []


def test_each_later_change_stays_on_record(app: Flask) -> None:
    published = forgotten()
    late(published)
    late(published, OTHER, "抄错了奖项名称")

    (found,) = late_prizes(db.session(), [published.event_id]).values()
    assert [(one.reason, one.is_change, one.was_published) for one in found] == [
        (REASON, False, True),
        ("抄错了奖项名称", True, True),
    ]
    assert stored(published) == OTHER
    assert late_prizes(db.session(), [published.event_id + 1]) == {}


def test_fixed_awards_close_the_prizes(app: Flask) -> None:
    published = forgotten(prize_rules=PRIZES)
    fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))

    with pytest.raises(ConflictError, match="奖项已经确定"):
        late(published, OTHER)
    assert stored(published) == PRIZES


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_set(app: Flask, reason: str) -> None:
    published = forgotten()
    with pytest.raises(InvalidInputError, match="理由"):
        late(published, reason=reason)
    assert stored(published) == {}


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({}, "至少写明一个奖项"),
        ({"prizes": [{"name": "一等奖", "up_to_share": "1/2"}, {"name": "二等奖", "up_to_share": "1/5"}]}, "累计比例"),
    ],
)
def test_prizes_that_nobody_could_award_are_refused(app: Flask, rules: Any, sentence: str) -> None:
    published = forgotten()
    with pytest.raises(InvalidInputError, match=sentence):
        late(published, rules)
    assert stored(published) == {}


def test_the_same_prizes_are_no_change(app: Flask) -> None:
    published = forgotten(prize_rules=PRIZES)
    with pytest.raises(ConflictError, match="没有改动"):
        late(published)


def test_a_demonstration_has_no_prizes(app: Flask) -> None:
    with pytest.raises(NoPrizesError):
        late(forgotten(is_demonstration=True))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (CompetitionState.DRAWING, "直接在赛项里"),
        (CompetitionState.ARCHIVED, "只读"),
        (CompetitionState.CALLED_OFF, "只读"),
    ],
)
def test_before_marking_the_event_is_edited_and_afterwards_nothing(
    app: Flask, state: CompetitionState, sentence: str
) -> None:
    published = forgotten(state)
    with pytest.raises(WrongStateError, match=sentence):
        late(published)


def test_an_event_of_another_competition_is_not_found(app: Flask) -> None:
    published = forgotten()
    other = make_competition(state=CompetitionState.AWARDING)
    with pytest.raises(NotFoundError):
        late(published, competition_id=other.id)


def test_prizes_never_change_under_awards_that_are_fixed_at_the_same_moment(app: Flask) -> None:
    published = forgotten(prize_rules=PRIZES)

    def run(act: Any) -> str:
        try:
            act()
        except DomainError as error:
            return type(error).__name__
        return "done"

    acts = [
        lambda: late(published, OTHER),
        lambda: fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser)),
    ]
    changed, fixed = at_once(app, run, acts)
    db.session.expire_all()
    names = {award.prize for award in db.session.scalars(select(Award)) if award.prize}
    assert fixed == "done"
    assert names == ({"金奖"} if changed == "done" else {"一等奖", "二等奖"})


def signed_in(client: FlaskClient, published: Published, role: Role = Role.ORGANISER) -> str:
    competition = db.session.get_one(Competition, published.competition_id)
    sign_in_account(client, make_account(role=role, competition=competition))
    return f"/certificates/competitions/{published.competition_id}/events/{published.event_id}"


FIELDS = {"prizes-0-name": "一等奖", "prizes-0-measure": "number", "prizes-0-value": "1"}
FIELDS |= {"rounding": "half_up", "tie": "hold", "minimum": "", "reason": REASON}


def test_the_page_sets_them_and_the_remark_prints_beside_the_awards(app: Flask, client: FlaskClient) -> None:
    published = forgotten()
    event = signed_in(client, published)
    assert f'href="{event}/late-prizes"' in client.get(f"{event}/awards").text
    assert client.get(f"{event}/late-prizes").status_code == 200

    assert client.post(f"{event}/late-prizes", data=FIELDS).status_code == 302

    assert stored(published)["prizes"] == [{"name": "一等奖", "number": 1}]
    for page in (f"{event}/awards", f"/certificates/competitions/{published.competition_id}/awards"):
        text = unescape(client.get(page).text)
        assert "补录，理由：" + REASON in text
        assert "（当时成绩已公布）" in text
    client.post(f"{event}/awards")
    shown = client.get(f"{event}/awards").text
    assert "补录，理由：" in shown
    assert "late-prizes" not in shown


def test_a_refusal_keeps_what_was_typed(app: Flask, client: FlaskClient) -> None:
    event = signed_in(client, forgotten())
    answer = client.post(f"{event}/late-prizes", data=FIELDS | {"reason": ""})

    assert answer.status_code == 422
    assert 'value="一等奖"' in answer.text


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CHIEF_JUDGE, Role.AUDITOR])
def test_only_an_organiser_sets_prizes(app: Flask, client: FlaskClient, role: Role) -> None:
    published = forgotten()
    event = signed_in(client, published, role)

    assert client.post(f"{event}/late-prizes", data=FIELDS).status_code == 403
    assert "late-prizes" not in client.get(f"{event}/awards").text
    assert stored(published) == {}


def test_an_organiser_of_another_competition_is_refused(app: Flask, client: FlaskClient) -> None:
    published = forgotten()
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=make_competition()))
    path = f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/late-prizes"

    assert client.post(path, data=FIELDS).status_code in (403, 404)
    assert stored(published) == {}
