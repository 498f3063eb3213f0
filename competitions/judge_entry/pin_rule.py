"""Whether judges of a competition need a PIN beside their link."""

from dataclasses import dataclass

from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.db import transaction


@dataclass(frozen=True, slots=True)
class SetPinRule:
    """Ask for a PIN from now on, or no longer; links that are out keep what they were issued with."""

    competition_id: int
    is_required: bool
    actor: Actor


def set_pin_rule(command: SetPinRule) -> None:
    """Store the rule; setting what holds already changes nothing.

    Raises:
        NotFoundError: no such competition.
    """
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        if competition.requires_pin == command.is_required:
            return
        competition.requires_pin = command.is_required
        detail = {"required": command.is_required}
        target = f"competition:{competition.id}"
        record(session, command.actor.act("competition.pin_rule_set", target, competition.id, detail))
