"""Own rules of an organisation are kept, seen and chosen within it; keys of the server's token are the server's."""

from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from factories import make_account, make_actor, make_competition, sign_in_account
from organised import make_everybody, make_organisation
from own_rules import decide, handed_over, make_own_pack, rules
from sqlalchemy import select

from certificates.pdf.signing import SigningKeyError
from certificates.signing_keys.registering import RegisterTokenKey, register_token_key
from competitions.alignment.lapses import lapses_of
from competitions.models import Competition, Level
from competitions.pack_editing.keeping import DecideVersion, ReadIn, SavePart, decide_version, read_in, save_part
from competitions.pack_editing.known import chosen_pack
from competitions.pack_editing.models import OwnPack, Verdict
from competitions.pack_editing.owning import SetPackHome, kept_pack, packs_seen_by, seen_pack, set_pack_home
from competitions.setup import (
    CompetitionFacts,
    CreateCompetition,
    EditCompetition,
    ProgrammeFacts,
    UnknownPackError,
    create_competition,
    edit_competition,
)
from core.accounts import GrantRole, grant_role
from core.db import db
from core.errors import InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.models import Organisation
from core.permissions import Role

SYSTEM = make_actor(Role.SYSTEM_ADMIN)
FACTS = CompetitionFacts("焊工大赛", Level.CITY, "130300", "市总工会", date(2026, 5, 1), date(2026, 5, 3))


def organisers(competition):
    """Two organisers of a competition."""
    return [
        make_actor(Role.ORGANISER, competition.id, subject_id=key, name=name) for key, name in ((11, "甲"), (12, "乙"))
    ]


def choosing(code):
    return replace(FACTS, programmes=(ProgrammeFacts("市职工技能竞赛", "", code),))


@pytest.fixture
def keeper(app):
    return make_actor(Role.SYSTEM_ADMIN, subject_id=make_account(role=Role.SYSTEM_ADMIN).id)


@pytest.fixture
def own(app):
    return make_competition(organisation_id=make_organisation(name="秦皇岛市总工会").id)


@pytest.fixture
def other(app):
    return make_competition(organisation_id=make_organisation(name="承德市总工会").id)


@pytest.fixture
def pack(own):
    """In force, of the own organisation."""
    first, second = organisers(own)
    row_id = make_own_pack(rules(), actor=first).id
    decide(row_id, handed_over(row_id, actor=first), actor=second)
    return db.session.get_one(OwnPack, row_id)


def test_a_rule_file_is_the_organisation_s_whose_organiser_begins_it(app, own, pack):
    assert pack.organisation_id == own.organisation_id
    server = make_competition()
    assert make_own_pack(rules(), actor=organisers(server)[0]).organisation_id is None
    assert make_own_pack(rules()).organisation_id is None


def test_who_works_for_several_says_whose_it_is(app, own, other):
    actor = make_actor(Role.ORGANISER, own.id)
    both = replace(actor, roles=actor.roles | {other.id: frozenset({Role.ORGANISER})})
    with pytest.raises(InvalidInputError):
        make_own_pack(rules(), actor=both)
    assert make_own_pack(rules(), actor=both, organisation_id=other.organisation_id).organisation_id == (
        other.organisation_id
    )
    elsewhere = make_organisation()
    with pytest.raises(InvalidInputError):
        make_own_pack(rules(), actor=both, organisation_id=elsewhere.id)


def test_another_organisation_s_organisers_neither_see_nor_change_it(app, pack, other):
    stranger = organisers(other)[0]
    for act in (
        lambda: save_part(SavePart(pack.id, "promotion", pack.revision, {}, stranger)),
        lambda: read_in(ReadIn(pack.id, pack.revision, rules(), "x.yaml", stranger)),
        lambda: decide_version(DecideVersion(pack.id, 1, Verdict.WITHDRAWN, "不要了", stranger)),
        lambda: handed_over(pack.id, actor=stranger),
        lambda: kept_pack(db.session(), pack.id, stranger),
        lambda: seen_pack(db.session(), pack.id, stranger),
    ):
        with pytest.raises(NotFoundError):
            act()
    assert chosen_pack(db.session(), pack.code) is not None
    assert pack.code not in {one.id for one in packs_seen_by(db.session(), stranger)}


def test_only_the_organisation_s_competitions_choose_it(app, keeper, pack, own, other):
    made = create_competition(CreateCompetition(choosing(pack.code), keeper, own.organisation_id))
    for home in (other.organisation_id, None):
        with pytest.raises(UnknownPackError):
            create_competition(CreateCompetition(choosing(pack.code), keeper, home))
    set_pack_home(SetPackHome(pack.code, other.organisation_id, SYSTEM))
    edit_competition(EditCompetition(made, choosing(pack.code), SYSTEM))
    with pytest.raises(UnknownPackError):
        edit_competition(EditCompetition(own.id, choosing(pack.code), SYSTEM))
    assert lapses_of(db.session(), db.session.get_one(Competition, made)) == []


def test_the_server_s_are_everybody_s_to_choose_and_nobody_s_to_change_but_the_server_s(app, keeper, pack, own, other):
    set_pack_home(SetPackHome(pack.code, None, SYSTEM))
    create_competition(CreateCompetition(choosing(pack.code), keeper, other.organisation_id))
    seen_pack(db.session(), pack.id, organisers(other)[0])
    with pytest.raises(NotFoundError):
        kept_pack(db.session(), pack.id, organisers(own)[0])
    assert kept_pack(db.session(), pack.id, organisers(make_competition())[0]).id == pack.id


def test_the_page_of_a_new_file_asks_whose_it_is_only_where_there_is_a_choice(client, own, other):
    account = make_everybody(db.session.get_one(Organisation, own.organisation_id), own)
    browser = sign_in_account(client, account)
    assert "办赛单位" not in unescape(browser.get("/packs/own/new").text)
    grant_role(GrantRole(account.id, Role.ORGANISER, other.id, "system", "系统"))
    page = unescape(browser.get("/packs/own/new").text)
    assert "承德市总工会" in page
    sent = {"owner": "市总工会", "title": "办法", "organisation": str(other.organisation_id)}
    browser.post("/packs/own/new", data=sent)
    assert db.session.scalars(select(OwnPack)).one().organisation_id == other.organisation_id


def test_a_key_of_the_token_is_registered_for_an_organisation_by_a_system_administrator_alone(app, own):
    command = RegisterTokenKey(own.id, "承德市总工会", "label", False, organisers(own)[0])
    with pytest.raises(NotAllowedError):
        register_token_key(command)
    with pytest.raises(SigningKeyError):  # there is no token here; it was asked for
        register_token_key(replace(command, actor=SYSTEM))
