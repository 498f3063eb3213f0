"""Two organisations on one server: whoever works for one gets nowhere near the other, by no address and in no list."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from factories import make_competition, make_judge, sign_in_account, sign_in_judge
from flask import Flask, Response
from flask.testing import FlaskClient
from makers_latin import LatinCompetition
from open_addresses import OPEN_TO_ALL, PUBLIC_FOR_A_REASON
from organised import make_admin, make_everybody, make_organisation
from sqlalchemy import select

from certificates.archive.coverage import SHARED, belongs, tables
from competitions.models import Competition, Contestant, Entrant, Event, Judge, Person
from competitions.pack_editing.models import OwnPack, OwnPackDecision, OwnPackVersion
from core.accounts import Account, RoleGrant
from core.audit import AuditEntry
from core.auth import SignIn
from core.db import db
from core.organisations.models import Organisation, OrganisationAdmin
from core.second_factor.models import SecondFactor

OPEN = OPEN_TO_ALL | PUBLIC_FOR_A_REASON.keys()
NAMES_NOTHING_OF_THE_OTHER = {"pack_id", "part", "act", "benefit", "switch", "filename", "number", "layer", "token"}
"""Parts of addresses that are no row of an organisation's: shipped rules, words, numbers within something else."""
NO_ROW = 999_999
SENT = {
    "reason": "because",
    "verdict": "withdrawn",
    "revision": "1",
    "state": "closed",
    "role": "organiser",
    "username": "manager",
    "password": "a long password",
    "name": "Somebody",
    "number": "1",
}
"""Sent with everything, so that a use case is reached behind the checks of its form."""
ALL_ROWS = (Account, OwnPack, OwnPackVersion, OwnPackDecision, Organisation, OrganisationAdmin, RoleGrant, SecondFactor)


@dataclass
class Two:
    """The other organisation's competition with everything in it, and those who would like to see it."""

    app: Flask
    other: LatinCompetition
    own: Competition
    visitors: dict[str, FlaskClient]
    tellers: frozenset[str]
    """Words that stand only in what is the other's."""

    def addresses(self, **instead: object) -> Iterator[tuple[str, str, str, frozenset[str]]]:
        """Method, endpoint, address and the names in it of every route that is not public."""
        values = {"sign_in_id": NO_ROW, "layer": 1, **self.other.values()}
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint.endswith("static") or rule.endpoint in OPEN:
                continue
            wanted = {name: (values | instead).get(name, 1) for name in rule.arguments}
            for name, converter in rule._converters.items():
                if hasattr(converter, "items"):
                    wanted[name] = sorted(converter.items)[0]
                elif converter.__class__.__name__ == "UUIDConverter":
                    wanted[name] = "00000000-0000-0000-0000-000000000001"
            address = self.app.url_map.bind("").build(rule.endpoint, wanted, force_external=False)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.endpoint, address, frozenset(rule.arguments)

    def stored(self) -> dict[str, list[tuple[object, ...]]]:
        """All that is the other's in the database, and accounts, grants and rule files of all."""
        db.session.rollback()
        found = {}
        for name, table in tables().items():
            query = select(table) if name in SHARED else select(table).where(belongs(table, self.other.competition_id))
            found[name] = sorted((tuple(row) for row in db.session.execute(query)), key=repr)
        for model in ALL_ROWS:
            found[model.__tablename__] = sorted(map(tuple, db.session.execute(select(*model.__table__.c))), key=repr)
        lines = select(AuditEntry.id).where(AuditEntry.chain == self.other.competition_id)
        found["audit_entry"] = sorted(map(tuple, db.session.execute(lines)))
        devices = select(SignIn.id, SignIn.revoked_at).where(SignIn.competition_id == self.other.competition_id)
        found["sign_in"] = sorted(map(tuple, db.session.execute(devices)), key=repr)
        return found


@pytest.fixture
def two(sqlite_app: Flask) -> Two:
    other = LatinCompetition()
    organisation = make_organisation(name="Own federation")
    own = make_competition(title="Own contest", host="Own host", organisation_id=organisation.id)
    admin = make_admin(organisation, username="ownadmin", display_name="Own admin")
    everybody = make_everybody(organisation, own, username="ownstaff", display_name="Own staff")
    judge = make_judge(competition=own, name="Own judge", unit="Own unit")
    visitors = {
        "admin": sign_in_account(sqlite_app.test_client(), admin),
        "everybody": sign_in_account(sqlite_app.test_client(), everybody),
        "judge": sign_in_judge(sqlite_app.test_client(), judge),
    }
    return Two(sqlite_app, other, own, visitors, tellers(other))


def tellers(other: LatinCompetition) -> frozenset[str]:
    title = db.session.get_one(Competition, other.competition_id).title
    people = select(Person.name).join(Contestant, Contestant.person_id == Person.id)
    people = people.join(Entrant, Entrant.id == Contestant.entrant_id).join(Event, Event.id == Entrant.event_id)
    judges = select(Judge.name).where(Judge.competition_id == other.competition_id)
    found = [title, "Port", "Hills", "Manager", "港城工匠", "秦皇岛市职工技能竞赛办法", "Port City"]
    found += db.session.scalars(people.where(Event.competition_id == other.competition_id))
    found += db.session.scalars(judges)
    return frozenset(word for word in found if len(word) > 3)


def page(answer: Response) -> str:
    """What an answer says; of a picture or a workbook no more than stands in it openly."""
    return answer.get_data().decode(errors="replace")


def told(two: Two, text: str) -> list[str]:
    return sorted(word for word in two.tellers if word in text)


@pytest.mark.parametrize("visitor", ["admin", "everybody", "judge"])
def test_no_address_of_the_other_organisation_opens(two, visitor):
    browser, before, opened = two.visitors[visitor], two.stored(), []
    for method, endpoint, address, names in two.addresses():
        if not names - NAMES_NOTHING_OF_THE_OTHER:
            continue
        answer = browser.open(address, method=method, data=SENT if method == "POST" else None)
        if answer.status_code not in (401, 403, 404):
            opened.append((method, endpoint, address, answer.status_code))

    assert opened == []
    assert two.stored() == before


@pytest.mark.parametrize("visitor", ["admin", "everybody"])
def test_nothing_of_the_other_s_is_found_under_an_address_of_the_own(two, visitor):
    """The own competition and organisation in the address, and everything behind it from the other."""
    own = {"competition_id": two.own.id, "organisation_id": two.own.organisation_id}
    browser, before, seen = two.visitors[visitor], two.stored(), []
    for method, _endpoint, address, names in two.addresses(**own):
        if "competition_id" in names or "organisation_id" in names:
            answer = browser.open(address, method=method, data=SENT if method == "POST" else None)
            seen += [(method, address, told(two, page(answer)))] if told(two, page(answer)) else []
            assert answer.status_code < 500, (method, address)

    assert seen == []
    after = two.stored()
    assert {name for name in after if after[name] != before[name]} == set()


@pytest.mark.parametrize("visitor", ["admin", "everybody", "judge"])
def test_no_list_tells_of_the_other(two, visitor):
    browser, seen = two.visitors[visitor], []
    for method, _endpoint, address, names in two.addresses():
        if method == "GET" and not names:
            answer = browser.get(address, follow_redirects=True)
            seen += [(address, told(two, page(answer)))] if told(two, page(answer)) else []

    assert seen == []


def test_the_walk_finds_what_there_is_to_find(two):
    """Whoever works for the other organisation gets in by these addresses; else the walks above prove nothing."""
    browser = sign_in_account(two.app.test_client(), db.session.get_one(Account, two.other.account_id))
    opened = [
        page(answer)
        for method, _endpoint, address, names in two.addresses()
        if method == "GET" and "competition_id" in names
        for answer in [browser.get(address)]
        if answer.status_code == 200
    ]

    assert len(opened) > 60
    assert set().union(*(told(two, text) for text in opened)) >= {"Port City"}
