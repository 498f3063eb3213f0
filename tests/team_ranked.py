"""Two delegations whose contestants have published results, to be ranked as teams."""

from factories import make_account, make_delegation, sign_in_account
from marked import PRACTICE, THEORY, Stage

from competitions.models import Entrant
from core.db import transaction
from core.permissions import Role
from scoring.team_standings.formulas import Choice, formula_of
from scoring.team_standings.reckoning import team_standings


def no_prizes(_snapshots):
    return {}


class Teams(Stage):
    """Three contestants of two delegations, published: 甲 has the 1st and the 3rd, 乙 the 2nd."""

    def __init__(self):
        super().__init__(3)
        self.mark_all(PRACTICE, THEORY)
        self.confirm_all()
        first, second = (make_delegation(competition_id=self.competition.id, name=name) for name in ("甲市", "乙市"))
        with transaction() as session:
            for entrant, home in zip(self.entrants, (first, first, second), strict=True):
                session.get(Entrant, entrant).delegation_id = home.id

    def show(self):
        self.snapshot = self.compute()
        self.publish(self.snapshot)
        return self

    def standing(self, formula, chosen=None, prizes=no_prizes, **figures):
        choice = Choice(formula, **figures)
        found = team_standings(self.competition.id, formula_of(choice), chosen, prizes)
        return [(t.place.rank, t.place.delegation, t.place.value, t.medal) for t in found.places]

    def get(self, client, query="", role=Role.ORGANISER):
        sign_in_account(client, make_account(role=role, competition=self.competition))
        return client.get(f"/scoring/competitions/{self.competition.id}/delegations/standings{query}")
