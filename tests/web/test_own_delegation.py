from functools import partial

from at_once import at_once
from factories import (
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    sign_in_account,
)

from competitions.delegations.leaders import NameLeader, leaders_of, name_leader
from core.audit import verify
from core.db import db
from core.errors import DomainError
from core.permissions import Role


def test_a_leader_sees_the_own_delegation_and_nobody_elses(client):
    competition = make_competition()
    event = make_event(competition_id=competition.id)
    own, other = (make_delegation(competition_id=competition.id) for _ in range(2))
    make_entrant(event_id=event.id, delegation=own, name="王䶮", draw_number=7)
    make_entrant(event_id=event.id, delegation=other, name="李外人")
    leader = make_account(role=Role.TEAM_LEADER, competition_id=competition.id, delegation_id=own.id)
    sign_in_account(client, leader)

    page = client.get(f"/competitions/{competition.id}/delegation").get_data(as_text=True)
    assert "王䶮" in page
    assert "李外人" not in page
    assert client.get(f"/competitions/{competition.id}/roster").status_code == 403
    assert f"/competitions/{competition.id}/delegation" in client.get("/competitions").get_data(as_text=True)


def test_a_leader_without_delegation_is_told_what_to_do(client):
    competition = make_competition()
    make_event(competition_id=competition.id)
    sign_in_account(client, make_account(role=Role.TEAM_LEADER, competition_id=competition.id))

    answer = client.get(f"/competitions/{competition.id}/delegation")
    assert answer.status_code == 404
    assert "联系组织者" in answer.get_data(as_text=True)


def test_a_leader_elsewhere_is_a_stranger_here(client):
    here, there = make_competition(), make_competition()
    delegation = make_delegation(competition_id=there.id)
    leader = make_account(role=Role.TEAM_LEADER, competition_id=there.id, delegation_id=delegation.id)
    sign_in_account(client, leader)

    assert client.get(f"/competitions/{here.id}/delegation").status_code == 403


def test_an_organiser_names_a_leader_who_then_sees_the_delegation_and_takes_the_role_back(client):
    competition = make_competition()
    delegation = make_delegation(competition_id=competition.id)
    make_account(username="chu", display_name="褚领队")
    organiser = sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=competition.id))
    page = f"/competitions/{competition.id}/delegations/{delegation.id}"

    for _ in range(2):  # naming twice is naming once
        organiser.post(f"{page}/leaders", data={"username": " CHU "})
    shown = organiser.get(page).get_data(as_text=True)
    assert shown.count("褚领队") == 1
    grant = leaders_of(competition.id, delegation.id)
    assert len(grant) == 1
    organiser.post(f"{page}/leaders/{grant[0].id}/removals")
    assert "褚领队" not in organiser.get(page).get_data(as_text=True)
    assert verify() == []


def test_who_leads_one_delegation_cannot_lead_another_and_an_unknown_name_is_told(client):
    competition = make_competition()
    one, two = (make_delegation(competition_id=competition.id) for _ in range(2))
    make_account(username="chu", role=Role.TEAM_LEADER, competition_id=competition.id, delegation_id=one.id)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=competition.id))
    base = f"/competitions/{competition.id}/delegations/{two.id}/leaders"

    assert client.post(base, data={"username": "chu"}).status_code == 409
    unknown = client.post(base, data={"username": "nobody"})
    assert unknown.status_code == 404
    assert "nobody" in unknown.get_data(as_text=True)
    assert leaders_of(competition.id, two.id) == []


def test_leaders_of_another_competition_cannot_be_touched(client):
    here, there = make_competition(), make_competition()
    mine, theirs = make_delegation(competition_id=here.id), make_delegation(competition_id=there.id)
    make_account(username="chu", role=Role.TEAM_LEADER, competition_id=there.id, delegation_id=theirs.id)
    sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=here.id))
    grant = leaders_of(there.id, theirs.id)[0].id

    assert client.post(f"/competitions/{here.id}/delegations/{mine.id}/leaders/{grant}/removals").status_code == 404
    assert len(leaders_of(there.id, theirs.id)) == 1


def race(app, works):
    """Run all at once, each in an own context; what each raised, by class name, empty for what went through."""

    def run(work):
        try:
            work()
        except DomainError as error:
            return type(error).__name__
        return ""

    return sorted(at_once(app, run, works))


def test_two_organisers_name_the_same_leader_at_once_and_it_is_one_role(app):
    competition = make_competition()
    delegation = make_delegation(competition_id=competition.id)
    make_account(username="chu")
    organiser = make_actor(Role.ORGANISER, competition.id)
    command = NameLeader(competition.id, delegation.id, "chu", organiser)

    assert race(app, [lambda: name_leader(command)] * 2) == ["", ""]
    db.session.rollback()
    assert len(leaders_of(competition.id, delegation.id)) == 1
    assert verify() == []


def test_one_person_named_leader_of_two_delegations_at_once_leads_one(app):
    competition = make_competition()
    ids = [make_delegation(competition_id=competition.id).id for _ in range(2)]
    make_account(username="chu")
    organiser = make_actor(Role.ORGANISER, competition.id)
    works = [partial(name_leader, NameLeader(competition.id, one, "chu", organiser)) for one in ids]

    assert race(app, works) == ["", "ConflictError"]
    db.session.rollback()
    assert sum(len(leaders_of(competition.id, one)) for one in ids) == 1
