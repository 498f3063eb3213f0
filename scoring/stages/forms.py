"""What the page of a way to the next stage posts, read into a command."""

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from core.auth import Actor
from scoring.stages.carrying import CarryOn, TieChoice


class CarryForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Holds the protection token and what a press was refused for; its fields are one for each entrant."""


def command_of(competition_id: int, event_id: int, form: MultiDict[str, str], actor: Actor) -> CarryOn:
    """Ticks named ``out`` and ``up`` hold entrants, ``why-<entrant>`` the reason for each."""
    return CarryOn(
        competition_id=competition_id,
        event_id=event_id,
        seen=form.get("seen", ""),
        actor=actor,
        left_out=_reasons(form, "out"),
        moved_up=_reasons(form, "up"),
        tie=_choice(form.get("tie", "")),
        chosen=frozenset(form.getlist("chosen", type=int)),
        tie_reason=form.get("tie_reason", ""),
    )


def _reasons(form: MultiDict[str, str], name: str) -> dict[int, str]:
    return {key: form.get(f"why-{key}", "") for key in form.getlist(name, type=int)}


def _choice(text: str) -> TieChoice:
    return next((choice for choice in TieChoice if choice.value == text), TieChoice.OPEN)
