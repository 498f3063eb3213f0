"""Two organisations whose administrators do whatever they can, in any order: neither reaches beyond the own."""

from dataclasses import replace
from typing import Any

import pytest
from factories import make_account, make_actor, make_competition, sign_in_account
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from organised import make_admin, make_organisation, make_staff
from sqlalchemy import select

from competitions.colleagues.naming import NameColleague, name_colleague
from competitions.models import Competition
from competitions.organisations.belonging import SetOrganisation, set_organisation
from competitions.organisations.staffing import (
    GrantInOrganisation,
    RevokeInOrganisation,
    grant_in_organisation,
    revoke_in_organisation,
)
from core import accounts
from core.account_care import ReplacePassword, SetActive, replace_password, set_active
from core.accounts import Account, GrantRole, RoleGrant, grant_role
from core.auth import ACTOR_KEY, Actor, current_actor
from core.db import db
from core.errors import DomainError
from core.organisations.keeping import NameAdmin, OpenOrganisation, UnnameAdmin, name_admin, open_organisation
from core.organisations.keeping import unname_admin as unname
from core.organisations.models import Organisation, OrganisationAdmin
from core.organisations.staffing import CreateStaff, create_staff
from core.permissions import Role

SIDE, PLACE, PERSON = st.integers(0, 1), st.integers(0, 4), st.integers(0, 7)
ROLE = st.sampled_from(list(Role))
SYSTEM = make_actor(Role.SYSTEM_ADMIN)


class Organisations(RuleBasedStateMachine):
    """The world is made anew for every run, over a database in which earlier runs left theirs."""

    app: Flask

    @initialize()
    def begin(self) -> None:
        self.sides = [make_organisation().id, make_organisation().id]
        admins = [make_admin(db.session.get_one(Organisation, side)) for side in self.sides]
        staff = [make_staff(db.session.get_one(Organisation, side)) for side in self.sides]
        both = make_staff(db.session.get_one(Organisation, self.sides[0]))
        common, keeper = make_account(), make_account(role=Role.SYSTEM_ADMIN)
        self.admins = [account.id for account in admins]
        self.people = [*self.admins, *(one.id for one in staff), both.id, common.id, keeper.id, keeper.id]
        self.places = [make_competition(organisation_id=side).id for side in (*self.sides, *self.sides, None)]
        self.made = 0
        self.known = self._grants()

    def _actor(self, side: int) -> Actor:
        """As the guard before every page sees the account."""
        client = self.app.test_client()
        sign_in_account(client, db.session.get_one(Account, self.admins[side]))
        cookie = client.get_cookie(self.app.config["SIGN_IN_COOKIE"])
        assert cookie is not None
        with self.app.test_request_context(headers={"Authorization": f"Bearer {cookie.value}"}) as context:
            context.request.environ.pop(ACTOR_KEY, None)
            found = current_actor()
        assert found is not None or not self._runs(side)
        return found or replace(SYSTEM, subject_id=self.admins[side], roles={})

    def _runs(self, side: int) -> bool:
        return db.session.get(OrganisationAdmin, (self.sides[side], self.admins[side])) is not None

    def _grants(self) -> dict[int, tuple[int, int | None, Role]]:
        db.session.rollback()
        query = select(RoleGrant).where(RoleGrant.account_id.in_(self.people))
        return {one.id: (one.account_id, one.competition_id, one.role) for one in db.session.scalars(query)}

    def _secrets(self) -> dict[int, tuple[str, bool]]:
        db.session.rollback()
        query = select(Account).where(Account.id.in_(self.people))
        return {one.id: (one.password_hash, one.is_active) for one in db.session.scalars(query)}

    def _try(self, act: Any, command: Any) -> None:
        try:
            act(command)
        except DomainError:
            db.session.rollback()

    @rule(side=SIDE, of=SIDE, person=PERSON, place=PLACE, role=ROLE)
    def grant(self, side: int, of: int, person: int, place: int, role: Role) -> None:
        actor = self._actor(side)
        self._try(
            grant_in_organisation,
            GrantInOrganisation(self.sides[of], self.people[person], self.places[place], role, actor),
        )
        self._account_for(side)

    @rule(side=SIDE, person=PERSON, place=PLACE, role=ROLE)
    def name(self, side: int, person: int, place: int, role: Role) -> None:
        """By the page of the competition, where the guard lets the person pass."""
        actor = self._actor(side)
        if actor.permits("colleague.edit", self.places[place]):
            username = db.session.get_one(Account, self.people[person]).username
            self._try(name_colleague, NameColleague(self.places[place], username, role, actor))
        self._account_for(side)

    @rule(side=SIDE, of=SIDE, number=st.integers(0, 20))
    def revoke(self, side: int, of: int, number: int) -> None:
        grants = self._grants()
        if not grants:
            return
        key = sorted(grants)[number % len(grants)]
        account_id, place, _role = grants[key]
        actor = self._actor(side)
        home = db.session.get_one(Competition, place).organisation_id if place else None
        self._try(revoke_in_organisation, RevokeInOrganisation(self.sides[of], account_id, key, actor))
        after = self._grants()
        if key not in after:
            assert home == self.sides[side] or self._is_organiser(actor, place)
        self.known = after

    @rule(side=SIDE, of=SIDE, person=PERSON, closes=st.booleans())
    def look_after(self, side: int, of: int, person: int, closes: bool) -> None:
        actor, account_id = self._actor(side), self.people[person]
        before, grants = self._secrets(), self._grants()
        command: Any = ReplacePassword(account_id, f"a long password {self.made}", actor, self.sides[of])
        act: Any = replace_password
        if closes:
            act, command = set_active, SetActive(account_id, not before[account_id][1], actor, self.sides[of])
        self._try(act, command)
        after = self._secrets()
        for one in after:
            if after[one] != before[one]:
                assert one == account_id
                assert db.session.get_one(Account, one).organisation_id == self.sides[side]
                places = {place for holder, place, _ in grants.values() if holder == one}
                owners = {db.session.get_one(Competition, p).organisation_id if p else None for p in places}
                assert owners <= {self.sides[side]}
                assert one not in self.admins

    @rule(side=SIDE, of=SIDE)
    def make(self, side: int, of: int) -> None:
        self.made += 1
        number = f"m{self.sides[0]}.{self.made}"
        actor = self._actor(side)
        self._try(create_staff, CreateStaff(self.sides[of], number, "新人", "a long password", actor))
        made = db.session.scalar(select(Account).where(Account.username == number))
        if made is not None:
            assert made.organisation_id == self.sides[side] == self.sides[of]

    @rule(place=PLACE, to=st.integers(0, 2))
    def move(self, place: int, to: int) -> None:
        """A system administrator's; what was given before stays given."""
        for home in (None, [*self.sides, None][to]):
            self._try(set_organisation, SetOrganisation(self.places[place], home, SYSTEM))

    @rule(person=PERSON, place=st.one_of(st.none(), PLACE))
    def share(self, person: int, place: int | None) -> None:
        """A system administrator has somebody work elsewhere, or for the whole system."""
        if self.people[person] not in self.admins:
            where = None if place is None else self.places[place]
            grant_role(GrantRole(self.people[person], Role.AUDITOR, where, "system", "系统"))
        self.known = self._grants()

    @rule(side=SIDE, is_open=st.booleans())
    def close(self, side: int, is_open: bool) -> None:
        open_organisation(OpenOrganisation(self.sides[side], is_open, SYSTEM))

    @rule(side=SIDE, names=st.booleans())
    def run(self, side: int, names: bool) -> None:
        username = db.session.get_one(Account, self.admins[side]).username
        if names:
            self._try(name_admin, NameAdmin(self.sides[side], username, SYSTEM))
        else:
            self._try(unname, UnnameAdmin(self.sides[side], self.admins[side], SYSTEM))

    def _is_organiser(self, actor: Actor, place: int | None) -> bool:
        return place is not None and Role.ORGANISER in actor.roles.get(place, frozenset())

    def _account_for(self, side: int) -> None:
        """Whatever is new was given in a competition that was the side's, to whom it may name."""
        after = self._grants()
        for key in after.keys() - self.known.keys():
            account_id, place, role = after[key]
            assert place is not None
            assert role not in (Role.SYSTEM_ADMIN, Role.ORGANISATION_ADMIN)
            home = db.session.get_one(Competition, place).organisation_id
            assert home == self.sides[side] or self._is_organiser(self._actor(side), place)
            assert db.session.get_one(Account, account_id).organisation_id in (None, home)
        self.known = after

    @invariant()
    def nobody_holds_more_than_was_said(self) -> None:
        if not hasattr(self, "admins"):
            return
        for side in (0, 1):
            actor = self._actor(side)
            assert None not in actor.roles
            assert actor.organisations <= {self.sides[side]}
            run = {place for place, held in actor.roles.items() if Role.ORGANISATION_ADMIN in held}
            own = select(Competition.id).where(Competition.organisation_id == self.sides[side])
            assert run == (set(db.session.scalars(own)) if actor.organisations else set())
            assert not any(actor.permits_in(one, self.sides[1 - side]) for one in ("organisation.run", "account.own"))
            assert not actor.permits("account.manage")


def test_no_sequence_of_acts_of_an_organisation_s_administrator_reaches_beyond_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = accounts.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "HASHER", cheap)
    Organisations.app = app
    run_state_machine_as_test(
        Organisations,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
