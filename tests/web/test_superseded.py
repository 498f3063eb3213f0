"""After an amended result only the certificates that say something else now are to be replaced, and they are named."""

from html import unescape

import pytest
from asked import asked
from awarded import Published, Row, add_snapshot, amend, certificates, make_certified, publish
from factories import make_account, sign_in_account
from flask import Flask
from flask.testing import FlaskClient

from certificates.awards.awarding import FixAwards, fix_awards
from certificates.issue.issuing import RevokeCertificate, revoke_certificate
from certificates.issue.superseded import is_superseded
from certificates.models import Award
from certificates.overview import EventAwards, event_awards, overview
from competitions.models import Competition
from core.db import db
from core.permissions import Role


def found(published: Published) -> EventAwards:
    db.session.expire_all()
    return event_awards(published.competition_id, published.event_id)


def amended(published: Published, rows: list[Row], *, fixes: bool = True, is_final: bool = True) -> None:
    snapshot_id = add_snapshot(published.event_id, published.entrant_ids, rows, number=2)
    publish(published.event_id, snapshot_id, is_final=is_final)
    if fixes:
        fix_awards(FixAwards(published.competition_id, published.event_id, published.organiser))


def test_who_has_the_same_prize_keeps_the_certificate(app: Flask) -> None:
    published = make_certified()
    assert (found(published).earlier, found(published).outdated) == (0, ())
    amended(published, [Row("1", total="99.00"), Row("3"), Row("2"), Row("4"), Row("5")])
    now = found(published)
    assert (now.earlier, now.outdated, now.certificates, now.due) == (3, (), 3, 3)


def test_who_has_another_prize_or_none_is_named(app: Flask) -> None:
    published = make_certified()
    amend(published)
    assert [c.contestant_id for c in found(published).outdated] == published.contestant_ids[:3]


def test_who_lost_the_place_altogether_is_named(app: Flask) -> None:
    published = make_certified()
    rows = [Row(None, status="disqualified", total=None), Row("1"), Row("2"), Row("3"), Row("4")]
    amended(published, rows)
    assert published.contestant_ids[0] in [c.contestant_id for c in found(published).outdated]


@pytest.mark.parametrize("over", [{"is_final": False, "fixes": False}, {"fixes": False}])
def test_before_the_new_prizes_are_fixed_nothing_is_said_of_any(app: Flask, over: dict[str, bool]) -> None:
    published = make_certified()
    amended(published, [Row("2"), Row("1"), Row("3"), Row("4"), Row("5")], **over)
    assert (found(published).earlier, found(published).outdated) == (3, ())


def test_who_waits_for_a_decided_tie_is_not_yet_named(app: Flask) -> None:
    published = make_certified()
    amended(published, [Row("1"), Row("1"), Row("3"), Row("4"), Row("5")])
    now = {award.entrant_id: award for award in found(published).awards}
    assert now[published.entrant_ids[0]].is_open
    assert [c.contestant_id for c in found(published).outdated] == []


def test_a_place_counts_only_where_the_layout_prints_it(app: Flask) -> None:
    published = make_certified()
    amended(published, [Row("1"), Row("3"), Row("2"), Row("4"), Row("5")])
    second = next(c for c in certificates(published) if c.contestant_id == published.contestant_ids[1])
    award = next(a for a in found(published).awards if a.entrant_id == published.entrant_ids[1])
    assert (second.values["award.place"], award.contest_rank) == ("第2名", 3)
    assert not is_superseded(second, award)
    second.layout.document = second.layout.document | {"items": [{"text": "获{award.place}"}]}
    assert is_superseded(second, award)
    assert not is_superseded(second, Award(contest_rank=2, prize=award.prize, held_between=[]))


def test_a_revoked_one_is_no_longer_asked_about(app: Flask) -> None:
    published = make_certified()
    amend(published)
    first = found(published).outdated[0]
    revoke_certificate(RevokeCertificate(published.competition_id, first.id, "成绩更正", published.organiser))
    assert len(found(published).outdated) == 2


def test_pages_name_them_and_lead_to_each(app: Flask, client: FlaskClient) -> None:
    published = make_certified()
    competition = db.session.get_one(Competition, published.competition_id)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition=competition))
    page = f"/certificates/competitions/{published.competition_id}/events/{published.event_id}/awards"
    register = f"/certificates/competitions/{published.competition_id}/issued"
    assert "更早的成绩" not in client.get(page).text
    snapshot_id = add_snapshot(published.event_id, published.entrant_ids, [Row(str(n)) for n in (2, 1, 4, 3, 5)], 2)
    publish(published.event_id, snapshot_id, is_final=False)
    assert "仍然有效" in client.get(page).text
    publish(published.event_id, snapshot_id, is_final=True)
    client.post(page)
    shown = unescape(client.get(page).text)
    assert "3 份已颁发的证书与现在的奖项不符" in shown
    for certificate in certificates(published):
        assert f"/certificates/{certificate.id}" in shown
    assert "3 份与现在的奖项不符" in client.get(register).text


def test_many_events_cost_as_many_queries_as_few(app: Flask) -> None:
    def cost(competition_id: int) -> int:
        db.session.rollback()
        with asked() as statements:
            rows = overview(competition_id)
        assert [len(row.outdated) for row in rows] == [3] * len(rows)
        return len(statements)

    first = make_certified()
    amend(first)
    one = cost(first.competition_id)
    for _ in range(3):
        amend(make_certified(competition=db.session.get_one(Competition, first.competition_id)))
    assert cost(first.competition_id) == one
