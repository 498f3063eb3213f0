"""Works marked by code in a hall: a jury whose works have layers, each with a custodian's account."""

from factories import make_account
from juries import JURY_SCHEME, Jury
from sqlalchemy import select

from competitions.models import Entrant
from competitions.work_codes.coding import DrawLayer, draw_layer
from competitions.work_codes.decoding import OpenLayer, open_layer
from competitions.work_codes.layers import SetLayers, Standing, layers_in, set_layers
from competitions.work_codes.models import WorkLayer
from competitions.work_codes.sealing import unseal
from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from scoring.models import ScoreSheet
from scoring.sheets.opening import OpenSheets, open_sheets
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted


class CodedJury(Jury):
    """A jury's event with layers set and nothing drawn; `custodians` are accounts, the innermost layer's first."""

    def __init__(self, layers: int = 2, contestants: int = 3) -> None:
        super().__init__(JURY_SCHEME, contestants)
        self.own = list(self.entrants)
        """The contestants' entrants; `entrants` are the works as soon as there are any."""
        # The jury's organiser and chief judge are accounts 1 and 2.
        self.custodians = [make_account() for _ in range(layers + 2)][2:]
        names = tuple(account.username for account in self.custodians)
        set_layers(SetLayers(self.competition_id, self.event_id, names, self.organiser))

    def keeper(self, number: int) -> Actor:
        """The custodian of a layer, signed in."""
        return actor_of(self.custodians[number - 1], self.competition_id)

    def draw(self, number: int, witness: str = "李监督", called_out: tuple[str, ...] = ("7", "42")) -> None:
        """Draw one layer."""
        draw_layer(DrawLayer(self.competition_id, self.event_id, number, witness, called_out, self.keeper(number)))

    def code(self) -> None:
        """Draw all layers and open the works' sheets."""
        for number in range(1, len(self.custodians) + 1):
            self.draw(number)
        open_sheets(OpenSheets(self.competition_id, self.event_id, self.organiser))
        self.entrants = [work.id for work in self.works()]

    def works(self) -> list[Entrant]:
        """What stands in for works, by code."""
        query = select(Entrant).where(Entrant.event_id == self.event_id, Entrant.work_code.is_not(None))
        return list(db.session.scalars(query.order_by(Entrant.draw_number)))

    def confirm(self) -> None:
        """All works are marked with votes that differ from work to work, handed in and confirmed."""
        for work in range(len(self.entrants)):
            self.hand_in(*(str(work % 3) for _ in self.judges), entrant=work)
        confirm_submitted(ConfirmSubmitted(self.competition_id, self.module_id, self.chief))

    def open(self, number: int, supervisor: str = "李监督", actor: Actor | None = None) -> Standing:
        """Open one layer."""
        keeper = actor or self.keeper(number)
        return open_layer(OpenLayer(self.competition_id, self.event_id, number, supervisor, keeper))

    def decode(self) -> None:
        """Open all layers, the outermost first."""
        for number in range(len(self.custodians), 0, -1):
            self.open(number)

    def layers(self) -> list[WorkLayer]:
        """As they are stored now."""
        db.session.rollback()
        return layers_in(db.session(), self.event_id)

    def owners(self) -> dict[str, int]:
        """Work code → entrant, as only a test may put the sealed layers together."""
        found = {str(entrant): entrant for entrant in self.own}
        for layer in self.layers():
            found = {outer: found[inner] for inner, outer in unseal(layer).codes.pairs}
        return found

    def sheets_of(self, entrant_id: int) -> list[ScoreSheet]:
        """The sheets that hang on an entrant now."""
        db.session.rollback()
        query = select(ScoreSheet).where(ScoreSheet.entrant_id == entrant_id).order_by(ScoreSheet.seat_number)
        return list(db.session.scalars(query))


def actor_of(account: Account, competition_id: int, *roles: Role) -> Actor:
    """An account at work in a competition; a code keeper unless other roles are named."""
    held = frozenset(roles or (Role.CODE_KEEPER,))
    return Actor(SubjectKind.ACCOUNT, account.id, account.display_name, 0, {competition_id: held})
