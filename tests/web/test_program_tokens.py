"""Access tokens of programs: who makes them for what, when they open, and when they open no more."""

from contextlib import suppress
from datetime import timedelta
from zipfile import ZipFile

import pytest
from archives import content, written
from at_once import at_once
from factories import PASSWORD, make_account, make_actor, make_competition, sign_in_account
from programs_made import EVERYTHING, make_token, reader
from sqlalchemy import select

from certificates.archive.references import renamed_actor
from competitions.colleagues.naming import UnnameColleague, unname_colleague
from core.account_care import ReplacePassword, RevokeGrant, SetActive, replace_password, revoke_grant, set_active
from core.accounts import GrantRole, RoleGrant, grant_role
from core.audit import AuditEntry
from core.auth import SignIn, SubjectKind, hashed, revoke
from core.clock import competition_day
from core.db import db, transaction
from core.errors import InvalidInputError, NotFoundError
from core.permissions import PERMISSIONS, Role
from core.programs.endpoints import OPERATIONS
from core.programs.listing import Standing, programs_of
from core.programs.making import (
    LONGEST_LIFE,
    MOST_IN_FORCE,
    RevokeProgram,
    ScopeNotHeldError,
    TooManyProgramsError,
    revoke_program,
)
from core.programs.models import End
from core.programs.scopes import SCOPES, SELF, carried, may_give


def lines(competition_id, action):
    query = select(AuditEntry).where(AuditEntry.chain == competition_id, AuditEntry.action == action)
    return list(db.session.scalars(query.order_by(AuditEntry.number)))


def listed(competition_id):
    db.session.rollback()
    return programs_of(db.session(), competition_id)


def grant_of(account_id, role=Role.ORGANISER):
    query = select(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.role == role)
    return db.session.scalars(query).one()


def test_only_a_hash_of_the_token_is_kept(app):
    competition_id = make_competition().id
    made = make_token(competition_id)

    row = db.session.scalars(select(SignIn).where(SignIn.subject_kind == SubjectKind.PROGRAM)).one()
    assert row.token_hash == hashed(made.token)
    assert (row.subject_id, row.competition_id, row.role) == (made.program_id, competition_id, Role.PROGRAM)
    assert made.token not in repr([entry.detail for entry in db.session.scalars(select(AuditEntry))])


def test_a_token_says_what_it_is(app):
    competition_id = make_competition().id
    program = reader(app, competition_id, "program.results", "program.facts")

    told = program.read("/token")
    assert told["program"] == "省总工会网站"
    assert told["competition"] == competition_id
    assert told["permissions"] == ["program.facts", "program.results"]
    assert told["expires_at"].endswith("Z")


def test_the_record_says_who_made_which_program_for_what(app):
    competition_id = make_competition().id
    made = make_token(competition_id, "program.results")

    [line] = lines(competition_id, "program.made")
    assert line.target == f"program:{made.program_id}"
    assert line.actor_name == "赵组织"
    assert line.detail["permissions"] == ["program.results"]
    assert line.detail["purpose"] == "公布成绩，宣教部管理"
    [came_in] = lines(competition_id, "sign_in.made")
    assert (came_in.actor, came_in.actor_name) == (f"program:{made.program_id}", "省总工会网站")


def test_an_organiser_can_give_every_scope_and_a_person_without_the_right_none():
    def of(role):
        return lambda permission: permission in PERMISSIONS[role]

    assert may_give(of(Role.ORGANISER)) == SCOPES
    for role in (Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.JUDGE, Role.TEAM_LEADER, Role.PROGRAM):
        assert may_give(of(role)) == ()


def test_an_administrator_can_give_only_what_strangers_may_read(app):
    competition_id = make_competition().id
    admin = make_account(role=Role.SYSTEM_ADMIN).id

    program = reader(app, competition_id, "program.results", "program.schedule", maker_id=admin)
    assert program.get("C/results").status_code == 200
    with pytest.raises(ScopeNotHeldError, match="参赛名单"):
        make_token(competition_id, "program.results", "program.roster", maker_id=admin)


@pytest.mark.parametrize("role", [Role.CHIEF_JUDGE, Role.SUPERVISOR, Role.AUDITOR, Role.DATA_ENTRY])
def test_nobody_else_makes_tokens(sqlite_app, role):
    competition_id = make_competition().id
    maker = make_account(role=role, competition_id=competition_id).id

    with pytest.raises(ScopeNotHeldError):
        make_token(competition_id, "program.results", maker_id=maker)
    assert listed(competition_id) == []


def test_an_organiser_makes_none_for_another_competition(sqlite_app):
    own, other = make_competition().id, make_competition().id
    maker = make_account(role=Role.ORGANISER, competition_id=own).id

    with pytest.raises(ScopeNotHeldError):
        make_token(other, "program.results", maker_id=maker)


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"name": " "}, "名称"),
        ({"name": "长" * 61}, "名称"),
        ({"purpose": ""}, "用途"),
        ({"purpose": "长" * 201}, "用途"),
        ({"permissions": ()}, "至少选一项"),
        ({"permissions": ("program.results", "roster.view")}, "至少选一项"),
        ({"permissions": (SELF,)}, "至少选一项"),
        ({"days": 0}, "最早到明天"),
        ({"days": LONGEST_LIFE.days + 1}, "最长 366 天"),
    ],
)
def test_what_a_token_needs(sqlite_app, over, sentence):
    competition_id = make_competition().id
    if "days" in over:
        over = {"last_day": competition_day() + timedelta(days=over["days"])}

    with pytest.raises(InvalidInputError, match=sentence):
        make_token(competition_id, **over)
    assert listed(competition_id) == []


def test_a_competition_has_no_more_tokens_than_anybody_oversees(sqlite_app):
    competition_id = make_competition().id
    maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
    for _number in range(MOST_IN_FORCE):
        made = make_token(competition_id, "program.results", maker_id=maker)

    with pytest.raises(TooManyProgramsError):
        make_token(competition_id, "program.results", maker_id=maker)
    revoke_program(RevokeProgram(competition_id, made.program_id, make_actor()))
    make_token(competition_id, "program.results", maker_id=maker)


def test_a_token_works_to_the_end_of_its_last_day_and_no_longer(app, later):
    competition_id = make_competition().id
    program = reader(app, competition_id, "program.results", last_day=competition_day() + timedelta(days=1))
    [one] = listed(competition_id)

    later(one.expires_at - one.program.made_at - timedelta(seconds=5))
    assert program.get("C/results").status_code == 200
    later(timedelta(seconds=10))
    assert program.get("C/results").status_code == 401
    assert [one.standing for one in listed(competition_id)] == [Standing.EXPIRED]


def test_a_revoked_token_opens_nothing_from_the_next_request_on(app):
    competition_id = make_competition().id
    made = make_token(competition_id)
    program = reader(app, competition_id)
    program.token = made.token
    assert program.get("C/results").status_code == 200

    for _again in range(2):
        revoke_program(RevokeProgram(competition_id, made.program_id, make_actor(name="沈复核")))
    assert program.get("C/results").status_code == 401
    [line] = lines(competition_id, "program.ended")
    assert line.detail == {"name": "省总工会网站", "why": "revoked"}
    ended = next(one for one in listed(competition_id) if one.program.id == made.program_id)
    assert (ended.standing, ended.program.ended_by) == (Standing.ENDED, "沈复核")


def test_a_token_of_another_competition_is_not_there_to_be_revoked(sqlite_app):
    own, other = make_competition().id, make_competition().id
    made = make_token(own)

    with pytest.raises(NotFoundError):
        revoke_program(RevokeProgram(other, made.program_id, make_actor()))


def test_when_it_was_last_used_is_told_from_the_first_use_on(app, later):
    competition_id = make_competition().id
    program = reader(app, competition_id, "program.results")
    assert [one.used_at for one in listed(competition_id)] == [None]

    program.read("C/results")
    [first] = listed(competition_id)
    assert first.used_at is not None
    later(timedelta(hours=3))
    program.read("C/results")
    [second] = listed(competition_id)
    assert second.used_at - first.used_at >= timedelta(hours=3)
    assert second.expires_at == first.expires_at, "using it prolongs nothing"


class TestWhatEndsWithItsMaker:
    """A token ends with the right to make it, at once and for good, and the record names it."""

    def test_the_role_taken_back_by_an_administrator(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        program = reader(app, competition_id, "program.roster", maker_id=maker)
        other = reader(app, competition_id, "program.roster")

        revoke_grant(RevokeGrant(maker, grant_of(maker).id, make_actor(Role.SYSTEM_ADMIN, name="系统管理员")))

        assert program.get("C/contestants").status_code == 401
        assert other.get("C/contestants").status_code == 200
        [line] = lines(competition_id, "program.ended")
        assert (line.actor_name, line.detail["why"]) == ("系统管理员", "role_lost")

    def test_the_role_taken_back_by_a_colleague(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        make_account(role=Role.ORGANISER, competition_id=competition_id)
        program = reader(app, competition_id, "program.roster", maker_id=maker)

        unname_colleague(UnnameColleague(competition_id, grant_of(maker).id, make_actor()))

        assert program.get("C/contestants").status_code == 401
        assert [one.program.ended_why for one in listed(competition_id)] == [End.ROLE_LOST]

    def test_it_does_not_come_back_with_the_role(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        program = reader(app, competition_id, "program.roster", maker_id=maker)
        revoke_grant(RevokeGrant(maker, grant_of(maker).id, make_actor()))

        grant_role(GrantRole(maker, Role.ORGANISER, competition_id, "system", "系统"))

        assert program.get("C/contestants").status_code == 401

    def test_a_role_that_vanishes_by_another_way_closes_it_as_well(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        program = reader(app, competition_id, "program.roster", maker_id=maker)
        with transaction() as session:
            session.delete(session.get_one(RoleGrant, grant_of(maker).id))

        assert program.get("C/contestants").status_code == 401

    def test_the_account_closed_and_opened_again(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        program = reader(app, competition_id, "program.results", maker_id=maker)

        set_active(SetActive(maker, False, make_actor()))
        assert program.get("C/results").status_code == 401
        assert [one.program.ended_why for one in listed(competition_id)] == [End.ACCOUNT_CLOSED]
        set_active(SetActive(maker, True, make_actor()))
        assert program.get("C/results").status_code == 401

    def test_what_another_role_still_allows_goes_on(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        grant_role(GrantRole(maker, Role.SYSTEM_ADMIN, None, "system", "系统"))
        public = reader(app, competition_id, "program.results", maker_id=maker)
        own = reader(app, competition_id, "program.results", "program.roster", maker_id=maker)

        revoke_grant(RevokeGrant(maker, grant_of(maker).id, make_actor()))

        assert public.get("C/results").status_code == 200
        assert own.get("C/results").status_code == 401, "half of what it was made for is not what it was made for"

    def test_tokens_in_other_competitions_stay(self, app):
        first, second = make_competition().id, make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=first).id
        grant_role(GrantRole(maker, Role.ORGANISER, second, "system", "系统"))
        there = reader(app, second, "program.roster", maker_id=maker)
        here = reader(app, first, "program.roster", maker_id=maker)
        in_first = select(RoleGrant).where(RoleGrant.account_id == maker, RoleGrant.competition_id == first)

        revoke_grant(RevokeGrant(maker, db.session.scalars(in_first).one().id, make_actor()))

        assert here.get("C/contestants").status_code == 401
        assert there.get("C/contestants").status_code == 200

    def test_a_new_password_leaves_it(self, app):
        competition_id = make_competition().id
        maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
        program = reader(app, competition_id, "program.results", maker_id=maker)

        replace_password(ReplacePassword(maker, f"{PASSWORD} again", make_actor(subject_id=0)))

        assert program.get("C/results").status_code == 200


def test_a_role_taken_back_while_a_token_is_made_leaves_no_token_that_works(app):
    competition_id = make_competition().id
    maker = make_account(role=Role.ORGANISER, competition_id=competition_id).id
    grant_id = grant_of(maker).id
    admin = make_actor(Role.SYSTEM_ADMIN)

    def act(takes_back):
        if takes_back:
            revoke_grant(RevokeGrant(maker, grant_id, admin))
            return
        with suppress(ScopeNotHeldError):
            make_token(competition_id, "program.roster", maker_id=maker)

    at_once(app, act, [False, True])

    assert all(one.standing is Standing.ENDED for one in listed(competition_id))


def test_what_a_token_carries_is_all_or_nothing():
    held = {"program.manage", "roster.view"}
    assert carried(["program.roster"], held.__contains__) == {"program.roster", SELF}
    assert carried(["program.results"], held.__contains__) == {"program.results", SELF}
    assert carried(["program.roster", "program.awards"], held.__contains__) == frozenset()
    assert carried(["program.results"], {"roster.view"}.__contains__) == frozenset()
    assert carried(["program.unknown"], held.__contains__) == frozenset()


def test_programs_and_people_hold_no_permission_in_common():
    people = frozenset().union(*(PERMISSIONS[role] for role in Role if role is not Role.PROGRAM))

    assert not PERMISSIONS[Role.PROGRAM] & people


def test_a_token_in_a_cookie_opens_nothing(sqlite_app):
    competition_id = make_competition().id
    made = make_token(competition_id)
    client = sqlite_app.test_client()
    client.set_cookie(sqlite_app.config["SIGN_IN_COOKIE"], made.token)

    assert client.get(f"/api/v1/competitions/{competition_id}/results").status_code == 401
    assert client.get("/competitions").status_code == 302


def test_a_person_s_cookie_opens_no_endpoint(sqlite_app):
    competition_id = make_competition().id
    account = make_account(role=Role.ORGANISER, competition_id=competition_id)
    client = sign_in_account(sqlite_app.test_client(), account)

    answer = client.get(f"/api/v1/competitions/{competition_id}/results")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_every_scope_has_endpoints_and_is_one_permission_of_programs(sqlite_app):
    assert {one.permission for one in OPERATIONS.values()} == {*EVERYTHING, SELF} == PERMISSIONS[Role.PROGRAM]


def test_a_sign_in_that_was_revoked_like_any_device_is_listed_as_ended(app):
    competition_id = make_competition().id
    program = reader(app, competition_id)
    sign_in_id = db.session.scalars(select(SignIn.id).where(SignIn.subject_kind == SubjectKind.PROGRAM)).one()

    revoke(sign_in_id, competition_id, make_actor())

    assert program.get("/token").status_code == 401
    [one] = listed(competition_id)
    assert (one.standing, one.why) == (Standing.ENDED, End.REVOKED)


def test_no_archive_holds_a_token_and_no_program_is_taken_for_one_of_another_server(app, tmp_path):
    competition_id = make_competition().id
    made = make_token(competition_id)
    path = tmp_path / "archive.zip"
    written(competition_id, path)

    found = content(path)
    assert not [name for name in ("program", "sign_in") if name in found.rows]
    with ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert hashed(made.token).encode() not in everything
    assert made.token.encode() not in everything
    assert renamed_actor(f"program:{made.program_id}", {}) == f"earlier.program:{made.program_id}"
