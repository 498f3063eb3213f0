"""Organisations: made and closed by system administrators, run by their own people, within their own competitions."""

import json
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from asked import asked_by
from at_once import at_once
from factories import (
    PASSWORD,
    make_account,
    make_actor,
    make_competition,
    make_delegation,
    make_entrant,
    make_event,
    make_person,
    sign_in_account,
)
from organised import admin_actor, make_admin, make_organisation, make_staff
from second_factors import with_second_factor
from sqlalchemy import select

from competitions.colleagues.naming import NameColleague, UnknownAccountError, name_colleague
from competitions.copying.copying import CopyCompetition, copy_competition
from competitions.corrections.correcting import CorrectContestant, OtherOrganisationError, correct_contestant
from competitions.delegations.leaders import NameLeader, name_leader
from competitions.models import Competition, Level, Person
from competitions.organisations.belonging import SetOrganisation, set_organisation
from competitions.organisations.staffing import GrantInOrganisation, grant_in_organisation
from competitions.setup import CompetitionFacts, CreateCompetition, create_competition
from competitions.work_codes.layers import CustodianError, custodians_of
from core.account_care import ReplacePassword, SetActive, replace_password, set_active
from core.accounts import Account, GrantRole, RoleGrant, account_with_password, grant_role
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, DomainError, InvalidInputError, NotAllowedError, NotFoundError
from core.organisations.keeping import (
    AddOrganisation,
    NameAdmin,
    OpenOrganisation,
    OrganisationNameError,
    RenameOrganisation,
    UnnameAdmin,
    add_organisation,
    name_admin,
    open_organisation,
    rename_organisation,
    unname_admin,
)
from core.organisations.models import Organisation, OrganisationAdmin
from core.organisations.reach import ClosedOrganisationError, OutOfReachError
from core.organisations.staffing import CreateStaff, create_staff
from core.permissions import Role

FACTS = CompetitionFacts("全市焊工大赛", Level.CITY, "130100", "石家庄市总工会", date(2027, 5, 1), date(2027, 5, 3))
SYSTEM = make_actor(Role.SYSTEM_ADMIN)


def text(response):
    return unescape(response.get_data(as_text=True))


def newest_act():
    return db.session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1))


@pytest.fixture
def organisation(app):
    return make_organisation(name="石家庄市总工会", short_name="石家庄")


@pytest.fixture
def admin(organisation):
    return make_admin(organisation, display_name="常管理")


@pytest.fixture
def competition(organisation):
    return make_competition(title="石家庄焊工大赛", organisation_id=organisation.id)


@pytest.fixture
def actor(admin, organisation, competition):
    return admin_actor(admin, organisation, competition)


@pytest.fixture
def browser(client, admin):
    return sign_in_account(client, admin)


@pytest.fixture
def elsewhere(app):
    return make_organisation(name="唐山市总工会")


def test_an_organisation_is_made_named_closed_and_opened_by_a_system_administrator(app, client):
    browser = sign_in_account(client, make_account(role=Role.SYSTEM_ADMIN))
    page = browser.post("/organisations/new", data={"name": " 保定市总工会 ", "short_name": ""}, follow_redirects=True)
    found = db.session.scalars(select(Organisation)).one()
    assert (found.name, found.called, found.is_open) == ("保定市总工会", "保定市总工会", True)
    assert "还没有竞赛" in text(page)
    assert newest_act() == "organisation.added"

    make_account(username="bd", display_name="边管理")
    named = browser.post(f"/organisations/{found.id}/admins", data={"username": "BD"}, follow_redirects=True)
    assert "边管理现在是这个单位的管理员" in text(named)
    assert "没有登录名" in text(browser.post(f"/organisations/{found.id}/admins", data={"username": "nobody"}))
    browser.post(f"/organisations/{found.id}/names", data={"name": "保定工会", "short_name": "保定"})
    browser.post(f"/organisations/{found.id}/closings")
    db.session.expire_all()
    assert (found.called, found.is_open) == ("保定", False)
    assert newest_act() == "organisation.closed"
    assert "边管理" in text(browser.get("/organisations"))
    browser.post(f"/organisations/{found.id}/openings")
    browser.post(f"/organisations/{found.id}/admins/{db.session.scalar(select(OrganisationAdmin.account_id))}/removals")
    assert newest_act() == "organisation_admin.unnamed"
    assert browser.get("/organisations/999").status_code == 404


def test_many_are_searched_by_name(sqlite_app):
    browser = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    assert 'name="q"' not in text(browser.get("/organisations"))
    for number in range(21):
        make_organisation(name=f"第{number}工会", short_name="石油" if number == 7 else "")
    found = text(browser.get("/organisations?q=石油"))
    assert "第7工会" in found
    assert "第8工会" not in found
    assert "没有名称含“无”的办赛单位" in text(browser.get("/organisations?q=无"))


def test_a_name_is_needed_and_nobody_else_s(app, organisation):
    for name in ("", "  ", "——"):
        with pytest.raises(InvalidInputError):
            add_organisation(AddOrganisation(name, "", SYSTEM))
    with pytest.raises(InvalidInputError):
        add_organisation(AddOrganisation("长" * 61, "", SYSTEM))
    with pytest.raises(OrganisationNameError):
        add_organisation(AddOrganisation("石家庄市总工会", "", SYSTEM))
    rename_organisation(RenameOrganisation(organisation.id, "石家庄市总工会", "石", SYSTEM))
    with pytest.raises(NotFoundError):
        open_organisation(OpenOrganisation(999, False, SYSTEM))
    with pytest.raises(NotFoundError):
        unname_admin(UnnameAdmin(organisation.id, 999, SYSTEM))


def test_a_server_without_organisations_asks_nothing_about_them(sqlite_app):
    browser = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SYSTEM_ADMIN, username="admin"))
    make_competition()
    for path in ("/competitions/new", "/competitions", "/accounts/1", "/results"):
        assert "办赛单位" not in text(browser.get(path)), path
    organiser = make_account(role=Role.ORGANISER, competition=make_competition())
    assert "办赛单位" not in text(sign_in_account(sqlite_app.test_client(), organiser).get("/packs/own/new"))


def test_who_runs_an_organisation_makes_its_competitions_and_finds_only_those(browser, organisation, competition):
    make_competition(title="唐山焊工大赛")
    form = {
        "title": "全市焊工大赛",
        "level": "city",
        "jurisdiction": "130100",
        "host": "石家庄市总工会",
        "opens_on": "2027-05-01",
        "closes_on": "2027-05-03",
    }
    assert "不属于任何单位" not in text(browser.get("/competitions/new"))
    browser.post("/competitions/new", data=form | {"organisation": ""})
    made = db.session.scalars(select(Competition).where(Competition.title == "全市焊工大赛")).one()
    assert made.organisation_id == organisation.id

    page = text(browser.get("/competitions"))
    assert "全市焊工大赛" in page
    assert "石家庄焊工大赛" in page
    assert "唐山焊工大赛" not in page
    assert browser.post("/competitions/new", data=form | {"organisation": "999"}).status_code == 404
    assert browser.get(f"/competitions/{competition.id}/colleagues").status_code == 200
    assert browser.get(f"/competitions/{competition.id}/audit").status_code == 200
    assert browser.get(f"/competitions/{competition.id}").status_code == 403


def test_who_runs_two_says_for_which_and_a_system_administrator_may_say_none(app, client, organisation, elsewhere):
    admin = make_admin(organisation)
    name_admin(NameAdmin(elsewhere.id, admin.username, SYSTEM))
    browser = sign_in_account(client, admin)
    page = text(browser.get("/competitions/new"))
    assert all(one.name in page for one in (organisation, elsewhere))
    assert all(one.name in text(browser.get("/organisations")) for one in (organisation, elsewhere))
    assert "不属于任何单位" not in page
    keeper = sign_in_account(client, make_account(role=Role.SYSTEM_ADMIN))
    assert "不属于任何单位" in text(keeper.get("/competitions/new"))
    assert create_competition(CreateCompetition(FACTS, SYSTEM)) > 0
    both = admin_actor(admin, organisation)
    with pytest.raises(OutOfReachError):
        create_competition(CreateCompetition(FACTS, both))


def test_nobody_makes_a_competition_in_an_organisation_not_run_or_closed(app, actor, organisation, elsewhere):
    with pytest.raises(OutOfReachError):
        create_competition(CreateCompetition(FACTS, actor, elsewhere.id))
    with pytest.raises(NotFoundError):
        create_competition(CreateCompetition(FACTS, actor, 999))
    open_organisation(OpenOrganisation(organisation.id, False, SYSTEM))
    with pytest.raises(ClosedOrganisationError):
        create_competition(CreateCompetition(FACTS, actor, organisation.id))
    with pytest.raises(ClosedOrganisationError):
        create_competition(CreateCompetition(FACTS, SYSTEM, organisation.id))


def test_a_copy_stays_in_the_organisation(app, actor, organisation, competition, elsewhere):
    copied = copy_competition(CopyCompetition(competition.id, FACTS, actor), lambda *_: 0)
    assert db.session.get_one(Competition, copied).organisation_id == organisation.id
    assert (
        db.session.scalar(
            select(RoleGrant.role).where(RoleGrant.competition_id == copied, RoleGrant.account_id == actor.subject_id)
        )
        is Role.ORGANISER
    )
    other = make_competition(organisation_id=elsewhere.id)
    with pytest.raises(OutOfReachError):
        copy_competition(CopyCompetition(other.id, FACTS, actor), lambda *_: 0)


def test_a_closed_organisation_gives_nobody_anything_and_its_competitions_go_on(client, organisation, competition):
    admin, organiser = make_admin(organisation), make_staff(organisation, role=Role.ORGANISER, competition=competition)
    open_organisation(OpenOrganisation(organisation.id, False, SYSTEM))
    browser = sign_in_account(client, admin)
    for path in ("/competitions", "/organisations", f"/organisations/{organisation.id}/accounts", "/competitions/new"):
        assert browser.get(path).status_code == 403, path
    assert sign_in_account(client, organiser).get(f"/competitions/{competition.id}").status_code == 200


def test_staff_is_made_given_a_role_and_looked_after(browser, organisation, competition):
    base = f"/organisations/{organisation.id}/accounts"
    form = {"username": "fan", "display_name": "范组织", "password": "a long password"}
    assert browser.post(f"{base}/new", data=form | {"password": "short"}).status_code == 422
    page = browser.post(f"{base}/new", data=form, follow_redirects=True)
    assert "还没有角色" in text(page)
    account = account_with_password("fan", "a long password")
    assert account.organisation_id == organisation.id
    grant = {"role": "organiser", "competition": str(competition.id)}
    given = browser.post(f"{base}/{account.id}/grants", data=grant, follow_redirects=True)
    assert "石家庄焊工大赛" in text(given)
    assert "范组织" in text(browser.get(base))

    browser.post(f"{base}/{account.id}/passwords", data={"password": "another password"})
    assert account_with_password("fan", "another password")
    assert browser.post(f"{base}/{account.id}/passwords", data={"password": "short"}).status_code == 422
    replace_password(ReplacePassword(account.id, PASSWORD, SYSTEM))
    with_second_factor(db.session.get_one(Account, account.id))
    browser.post(f"{base}/{account.id}/second-factor/resets", data={"reason": ""})
    browser.post(f"{base}/{account.id}/second-factor/resets", data={"reason": "手机丢失"})
    assert newest_act() == "second_factor.reset"
    browser.post(f"{base}/{account.id}/states", data={"state": "closed"})
    assert account_with_password("fan", PASSWORD) is None
    browser.post(f"{base}/{account.id}/states", data={"state": "active"})
    other = make_staff(organisation, role=Role.ORGANISER, competition=competition)
    browser.post(f"{base}/{other.id}/grants/{other.grants[0].id}/revocations")
    assert newest_act() == "role.revoked"
    own = db.session.scalars(select(RoleGrant)).one()
    last = browser.post(f"{base}/{account.id}/grants/{own.id}/revocations")
    assert last.status_code == 409


def refused(organisation, actor, account, error=OutOfReachError):
    """That the organisation can do nothing to an account itself."""
    for act, command in (
        (replace_password, ReplacePassword(account.id, "another password", actor, organisation.id)),
        (set_active, SetActive(account.id, False, actor, organisation.id)),
    ):
        with pytest.raises(error):
            act(command)
    assert account_with_password(account.username, PASSWORD)


@pytest.mark.parametrize("where", ["system", "another", "server", "runs", "runs another"])
def test_who_holds_something_elsewhere_is_not_the_organisation_s_to_look_after(
    app, actor, organisation, elsewhere, competition, where
):
    account = make_staff(organisation, role=Role.ORGANISER, competition=competition)
    by = ("system", "系统")
    if where == "system":
        grant_role(GrantRole(account.id, Role.AUDITOR, None, *by))
    elif where == "another":
        place = make_competition(organisation_id=elsewhere.id)
        grant_role(GrantRole(account.id, Role.DATA_ENTRY, place.id, *by))
    elif where == "server":
        grant_role(GrantRole(account.id, Role.DATA_ENTRY, make_competition().id, *by))
    else:
        name_admin(NameAdmin((organisation if where == "runs" else elsewhere).id, account.username, SYSTEM))
    refused(organisation, actor, account)


def test_accounts_of_others_and_of_the_server_do_not_exist_for_an_organisation(
    app, actor, organisation, elsewhere, competition
):
    for account in (make_staff(elsewhere), make_account(), make_account(role=Role.ORGANISER, competition=competition)):
        refused(organisation, actor, account, NotFoundError)


def test_somebody_else_s_organisation_is_out_of_reach_for_every_use_case(app, actor, elsewhere):
    account, place = make_staff(elsewhere), make_competition(organisation_id=elsewhere.id)
    refused(elsewhere, actor, account)
    with pytest.raises(OutOfReachError):
        create_staff(CreateStaff(elsewhere.id, "spy", "某人", "a long password", actor))
    with pytest.raises(OutOfReachError):
        grant_in_organisation(GrantInOrganisation(elsewhere.id, account.id, place.id, Role.ORGANISER, actor))
    with pytest.raises(NotFoundError):
        grant_in_organisation(
            GrantInOrganisation(next(iter(actor.organisations)), account.id, place.id, Role.ORGANISER, actor)
        )


def test_another_organisation_s_staff_cannot_be_named_for_anything(app, organisation, elsewhere, competition):
    organiser = make_actor(Role.ORGANISER, competition.id)
    theirs, common = make_staff(elsewhere), make_account()
    delegation = make_delegation(competition=competition)
    with pytest.raises(UnknownAccountError):
        name_colleague(NameColleague(competition.id, theirs.username, Role.DATA_ENTRY, organiser))
    with pytest.raises(NotFoundError):
        name_leader(NameLeader(competition.id, delegation.id, theirs.username, organiser))
    with transaction() as session, pytest.raises(CustodianError):
        custodians_of(session, competition.id, [theirs.username])
    name_colleague(NameColleague(competition.id, common.username, Role.DATA_ENTRY, organiser))
    server = make_competition()
    with pytest.raises(UnknownAccountError):
        name_colleague(
            NameColleague(server.id, theirs.username, Role.DATA_ENTRY, make_actor(Role.ORGANISER, server.id))
        )


def test_a_role_held_for_an_organisation_is_never_granted_as_one(app, competition):
    account = make_account()
    for place in (None, competition.id):
        with pytest.raises(NotAllowedError):
            grant_role(GrantRole(account.id, Role.ORGANISATION_ADMIN, place, "system", "系统"))
    with pytest.raises(DomainError):
        name_colleague(NameColleague(competition.id, account.username, Role.ORGANISATION_ADMIN, SYSTEM))


def test_a_competition_is_taken_in_and_out_and_never_straight_from_another(app, organisation, elsewhere):
    place = make_competition()
    set_organisation(SetOrganisation(place.id, organisation.id, SYSTEM))
    set_organisation(SetOrganisation(place.id, organisation.id, SYSTEM))
    with pytest.raises(ConflictError):
        set_organisation(SetOrganisation(place.id, elsewhere.id, SYSTEM))
    set_organisation(SetOrganisation(place.id, None, SYSTEM))
    open_organisation(OpenOrganisation(elsewhere.id, False, SYSTEM))
    with pytest.raises(ClosedOrganisationError):
        set_organisation(SetOrganisation(place.id, elsewhere.id, SYSTEM))
    lines = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.chain == place.id))
    assert list(lines) == [
        {"before": None, "organisation": organisation.id},
        {"before": organisation.id, "organisation": None},
    ]


def test_who_came_for_the_organisation_gives_nothing_once_it_has_the_competition_no_more(
    app, actor, admin, organisation, competition
):
    """The guard let the person pass; then the competition went, or the organisation was closed, or was run no more."""
    account = make_staff(organisation)
    command = NameColleague(competition.id, account.username, Role.ORGANISER, actor)
    set_organisation(SetOrganisation(competition.id, None, SYSTEM))
    with pytest.raises(OutOfReachError):
        name_colleague(command)
    set_organisation(SetOrganisation(competition.id, organisation.id, SYSTEM))
    open_organisation(OpenOrganisation(organisation.id, False, SYSTEM))
    with pytest.raises(ClosedOrganisationError):
        name_colleague(command)
    open_organisation(OpenOrganisation(organisation.id, True, SYSTEM))
    unname_admin(UnnameAdmin(organisation.id, admin.id, SYSTEM))
    with pytest.raises(OutOfReachError):
        name_colleague(command)


def test_one_organisation_changes_no_name_in_another_s_results(app, organisation, elsewhere, competition):
    person = make_person(name="孙立")
    places = (competition, make_competition(organisation_id=elsewhere.id))
    own, theirs = (make_entrant(event=make_event(competition=place), person=person).members[0] for place in places)
    organiser = make_actor(Role.ORGANISER, competition.id)
    command = CorrectContestant(competition.id, own.id, "孙力", own.unit, "身份证", organiser)
    with pytest.raises(OtherOrganisationError):
        correct_contestant(command)
    correct_contestant(CorrectContestant(competition.id, own.id, "孙立", "新厂", "劳动合同", organiser))
    correct_contestant(CorrectContestant(competition.id, own.id, "孙力", "新厂", "双方核对", SYSTEM, is_for_all=True))
    assert db.session.get_one(Person, theirs.person_id).name == "孙力"


def test_what_is_closed_and_what_is_made_at_once_never_cross(app, actor, organisation):
    """Either the competition was there first, or it was not made at all."""

    def act(number):
        try:
            if number == 0:
                open_organisation(OpenOrganisation(organisation.id, False, SYSTEM))
                return "closed"
            return create_competition(CreateCompetition(FACTS, actor, organisation.id))
        except ClosedOrganisationError:
            return "refused"

    outcome = at_once(app, act, [0, 1, 2, 3])
    made = [one for one in outcome if isinstance(one, int)]
    db.session.rollback()
    lines = db.session.execute(
        select(AuditEntry.action, AuditEntry.id).where(
            AuditEntry.action.in_(("organisation.closed", "competition.created"))
        )
    ).all()
    assert len(lines) == 1 + len(made)
    assert outcome[0] == "closed"
    with pytest.raises(ClosedOrganisationError):
        create_competition(CreateCompetition(FACTS, actor, organisation.id))


def test_two_who_grant_the_same_at_once_grant_it_once(app, organisation, competition):
    admins = [make_admin(organisation), make_admin(organisation)]
    actors = [admin_actor(admin, organisation, competition) for admin in admins]
    account = make_staff(organisation)
    commands = [
        GrantInOrganisation(organisation.id, account.id, competition.id, Role.SUPERVISOR, actor) for actor in actors
    ]
    assert at_once(app, grant_in_organisation, commands) == [account.display_name] * 2
    db.session.rollback()
    held = select(RoleGrant.role).where(RoleGrant.account_id == account.id)
    assert list(db.session.scalars(held)) == [Role.SUPERVISOR]


def test_granting_and_looking_after_the_same_account_at_once_wait_for_each_other(app, organisation, competition):
    """Locks are taken in one order: competition, organisation, account."""
    admins = [make_admin(organisation), make_admin(organisation)]
    actors = [admin_actor(admin, organisation, competition) for admin in admins]
    account = make_staff(organisation)

    def act(number):
        if number % 2:
            replace_password(ReplacePassword(account.id, f"a long password {number}", actors[0], organisation.id))
        else:
            role = (Role.SUPERVISOR, Role.DATA_ENTRY)[number // 2]
            grant_in_organisation(GrantInOrganisation(organisation.id, account.id, competition.id, role, actors[1]))

    at_once(app, act, [0, 1, 2, 3])
    db.session.rollback()
    assert len(db.session.scalars(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()) == 2


def test_an_organisation_s_administrator_must_have_a_second_factor_where_it_is_asked_for(app, client, organisation):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], requires_second_factor=True)
    browser = sign_in_account(client, make_admin(organisation))
    for path in ("/competitions", f"/organisations/{organisation.id}/accounts"):
        assert browser.get(path).headers["Location"].startswith("/account"), path
    assert browser.post(f"/organisations/{organisation.id}/accounts/new").status_code == 403
    assert browser.get("/account/second-factor").status_code == 200


def test_the_public_start_is_narrowed_to_one_organisation_where_there_are_several(app, client, organisation, elsewhere):
    places = [
        make_competition(title=title, organisation_id=owner)
        for title, owner in (("石家庄赛", organisation.id), ("唐山赛", elsewhere.id), ("本服务器赛", None))
    ]
    app.config["PUBLISHED_COMPETITIONS"] = lambda: frozenset(place.id for place in places[:1])
    assert "全部办赛单位" not in text(client.get("/results"))
    app.config["PUBLISHED_COMPETITIONS"] = lambda: frozenset(place.id for place in places)
    page = text(client.get("/results"))
    assert all(words in page for words in ("全部办赛单位", "石家庄赛", "唐山赛", "本服务器赛"))
    narrowed = text(client.get(f"/results?organisation={elsewhere.id}"))
    assert "唐山赛" in narrowed
    assert "石家庄赛" not in narrowed


def test_pages_ask_as_often_for_many_organisations_as_for_few(sqlite_app):
    keeper = sign_in_account(sqlite_app.test_client(), make_account(role=Role.SYSTEM_ADMIN))
    first = make_organisation()
    make_competition(organisation_id=make_organisation().id)
    runner, place = make_admin(first), make_competition(organisation_id=first.id)
    admin = sign_in_account(sqlite_app.test_client(), runner)
    pages = [
        (keeper, "/organisations"),
        (keeper, f"/organisations/{first.id}"),
        (keeper, "/competitions"),
        (keeper, "/competitions/new"),
        (keeper, "/accounts"),
        (admin, "/competitions"),
        (admin, f"/organisations/{first.id}/accounts"),
        (admin, f"/competitions/{place.id}/colleagues"),
        (sqlite_app.test_client(), "/results"),
    ]
    before = [asked_by(browser, path) for browser, path in pages]
    for _ in range(12):
        other = make_organisation()
        make_admin(other)
        make_staff(other, role=Role.ORGANISER, competition=make_competition(organisation_id=other.id))
        make_staff(first, role=Role.ORGANISER, competition=place)

    after = [asked_by(browser, path) for browser, path in pages]
    # The list of all accounts reads each one's grants; that is as it was, and grows with accounts alone.
    assert [n for n, (_, path) in zip(after, pages, strict=True) if path != "/accounts"] == [
        n for n, (_, path) in zip(before, pages, strict=True) if path != "/accounts"
    ]


def test_the_command_line_keeps_organisations(app):
    run = app.test_cli_runner().invoke
    place, account = make_competition(), make_account(username="guan")
    base = ["competitions", "organisations"]
    assert run(args=[*base, "add", "邯郸市总工会", "--short-name", "邯郸"]).exit_code == 0
    assert run(args=[*base, "add", "邯郸市总工会"]).exit_code == 1
    assert run(args=[*base, "admin", "邯郸市总工会", "guan"]).exit_code == 0
    given = run(args=[*base, "give", "邯郸市总工会", "--competition", str(place.id), "--account", "guan"])
    assert given.exit_code == 0, given.output
    found = json.loads(run(args=[*base, "list", "--json"]).output)
    assert [(one["name"], one["competitions"], one["accounts"]) for one in found] == [("邯郸市总工会", 1, 1)]
    assert found[0]["admins"] == [account.display_name]
    assert "邯郸市总工会  启用  1 项竞赛  1 个账号" in run(args=[*base, "list"]).output
    assert run(args=[*base, "give", "-", "--competition", str(place.id)]).exit_code == 0
    assert run(args=[*base, "give", "邯郸市总工会", "--pack", "own.9999"]).exit_code == 1
    assert run(args=[*base, "admin", "邯郸市总工会", "guan", "--remove"]).exit_code == 0
    assert run(args=[*base, "admin", "邯郸市总工会", "nobody"]).exit_code == 1
    assert run(args=[*base, "close", "邯郸市总工会"]).exit_code == 0
    assert run(args=[*base, "close", "没有的单位"]).exit_code == 1
    assert run(args=[*base, "close", "邯郸市总工会", "--reopen"]).exit_code == 0
