from datetime import date

import pytest
from factories import make_account, make_actor, make_competition, make_delegation, make_entrant, make_event, make_judge
from sqlalchemy import select

from competitions.delegations.defining import (
    AddDelegations,
    EditDelegation,
    RemoveDelegation,
    add_delegations,
    delegation_sizes,
    edit_delegation,
    remove_delegation,
)
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Delegation, Level
from competitions.setup import (
    CompetitionFacts,
    CreateCompetition,
    DatesError,
    EditCompetition,
    EmptyNameError,
    InUseError,
    NameTakenError,
    ProgrammeFacts,
    UnknownPackError,
    UnknownRegionError,
    WrongStateError,
    competitions_of,
    create_competition,
    edit_competition,
)
from core.accounts import RoleGrant
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFoundError
from core.permissions import Role


def facts(**over):
    values = {
        "title": "2026年河北省职工职业技能大赛",
        "level": Level.PROVINCE,
        "jurisdiction": "130000",
        "host": "河北省总工会",
        "opens_on": date(2026, 10, 18),
        "closes_on": date(2026, 10, 20),
        "programmes": (ProgrammeFacts("河北省职工职业技能大赛", "一类", filed_with=("省人社厅",)),),
    }
    return CompetitionFacts(**(values | over))


def actions(competition_id):
    query = select(AuditEntry.action).where(AuditEntry.chain == competition_id).order_by(AuditEntry.number)
    return list(db.session.scalars(query))


def test_who_creates_a_competition_becomes_its_organiser(app):
    account = make_account()

    competition_id = create_competition(CreateCompetition(facts(), make_actor(subject_id=account.id)))

    grant = db.session.scalar(select(RoleGrant).where(RoleGrant.account_id == account.id))
    assert (grant.competition_id, grant.role) == (competition_id, Role.ORGANISER)
    assert actions(competition_id) == ["competition.created", "role.granted"]
    stored = db.session.get(Competition, competition_id)
    assert stored.state is CompetitionState.PREPARING
    assert [(p.name, p.class_name, p.filed_with) for p in stored.programmes] == [
        ("河北省职工职业技能大赛", "一类", ["省人社厅"])
    ]


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"title": " "}, EmptyNameError),
        ({"host": ""}, EmptyNameError),
        ({"closes_on": date(2026, 10, 17)}, DatesError),
        ({"programmes": (ProgrammeFacts("甲"), ProgrammeFacts("甲"))}, NameTakenError),
    ],
)
def test_unusable_facts_store_nothing(sqlite_app, over, error):
    with pytest.raises(error):
        create_competition(CreateCompetition(facts(**over), make_actor()))

    assert db.session.scalar(select(Competition.id)) is None


def test_a_programme_that_stays_keeps_its_row_and_others_come_and_go(app):
    competition = make_competition()
    actor = make_actor()
    edit_competition(
        EditCompetition(competition.id, facts(programmes=(ProgrammeFacts("甲"), ProgrammeFacts("乙"))), actor)
    )
    kept = {p.name: p.id for p in competition.programmes}

    edit_competition(
        EditCompetition(competition.id, facts(programmes=(ProgrammeFacts("丙"), ProgrammeFacts("乙", "二类"))), actor)
    )

    now = {p.name: (p.id, p.class_name) for p in competition.programmes}
    assert now.keys() == {"乙", "丙"}
    assert now["乙"] == (kept["乙"], "二类")


def test_an_archived_competition_is_not_edited(sqlite_app):
    competition = make_competition(state=CompetitionState.ARCHIVED)
    with pytest.raises(WrongStateError):
        edit_competition(EditCompetition(competition.id, facts(), make_actor()))


def test_editing_what_is_not_there_is_refused(sqlite_app):
    with pytest.raises(NotFoundError):
        edit_competition(EditCompetition(99, facts(), make_actor()))


def test_the_list_shows_only_competitions_with_a_role_and_all_to_an_administrator(sqlite_app):
    mine, other = make_competition(), make_competition()

    assert competitions_of(make_actor(Role.ORGANISER, mine.id)) == [mine]
    assert set(competitions_of(make_actor(Role.SYSTEM_ADMIN, None))) == {mine, other}


def test_delegations_named_twice_are_stored_once(app):
    competition = make_competition()

    first = add_delegations(AddDelegations(competition.id, ("石家庄市", " 唐山市 ", "石家庄市", ""), make_actor()))
    again = add_delegations(AddDelegations(competition.id, ("唐山市", "雄安新区"), make_actor()))

    assert (first, again) == (2, 1)
    assert [d.name for d in competition.delegations] == ["石家庄市", "唐山市", "雄安新区"]
    assert actions(competition.id) == ["delegation.added", "delegation.added"]


def test_no_names_are_no_delegations(sqlite_app):
    with pytest.raises(EmptyNameError):
        add_delegations(AddDelegations(make_competition().id, (" ",), make_actor()))


def test_the_home_of_a_delegation_named_after_a_region_is_that_region(sqlite_app):
    competition = make_competition()
    add_delegations(AddDelegations(competition.id, ("石家庄市", "冀中能源集团"), make_actor()))
    city, company = competition.delegations

    assert (city.home, company.home) == ("130100", "")
    edit_delegation(EditDelegation(competition.id, company.id, "冀中能源集团", "邢台市", make_actor()))
    assert company.home == "130500"
    with pytest.raises(UnknownRegionError):
        edit_delegation(EditDelegation(competition.id, company.id, "冀中能源集团", "某地", make_actor()))


def test_a_delegation_is_renamed_unless_the_name_is_taken(sqlite_app):
    competition = make_competition()
    first, second = make_delegation(competition=competition), make_delegation(competition=competition)

    edit_delegation(EditDelegation(competition.id, first.id, "雄安新区", "", make_actor()))
    assert first.name == "雄安新区"
    with pytest.raises(NameTakenError):
        edit_delegation(EditDelegation(competition.id, second.id, "雄安新区", "", make_actor()))
    with pytest.raises(EmptyNameError):
        edit_delegation(EditDelegation(competition.id, second.id, "", "", make_actor()))


def test_a_delegation_of_another_competition_is_not_found(sqlite_app):
    foreign = make_delegation()
    with pytest.raises(NotFoundError):
        edit_delegation(EditDelegation(make_competition().id, foreign.id, "甲", "", make_actor()))


def test_a_delegation_goes_only_while_nobody_belongs_to_it(sqlite_app):
    competition = make_competition()
    event = make_event(competition=competition)
    empty, full, judging = (make_delegation(competition=competition) for _ in range(3))
    make_entrant(event=event, delegation=full)
    make_judge(competition=competition, delegation_id=judging.id)

    remove_delegation(RemoveDelegation(competition.id, empty.id, make_actor()))
    for busy in (full, judging):
        with pytest.raises(InUseError):
            remove_delegation(RemoveDelegation(competition.id, busy.id, make_actor()))

    left = set(db.session.scalars(select(Delegation.id)))
    assert left == {full.id, judging.id}
    assert delegation_sizes(competition.id) == {full.id: (1, 0), judging.id: (0, 1)}


def test_a_programme_names_a_pack_that_exists_or_none(sqlite_app):
    wrong = facts(programmes=(ProgrammeFacts("系列赛", "", "hebei.no-such-pack"),))
    with pytest.raises(UnknownPackError, match="没有编号为"):
        create_competition(CreateCompetition(wrong, make_actor(Role.SYSTEM_ADMIN)))
