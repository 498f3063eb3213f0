from factories import make_account, make_competition, make_delegation, make_entrant, make_event, sign_in_account

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
