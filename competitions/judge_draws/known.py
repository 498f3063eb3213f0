"""What records of judges' draws say about panels and judges, for those who would change them by hand."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.judge_draws.models import JudgeDraw
from competitions.models import Event, Judge, Module


def drawn_names(session: Session, module: Module) -> frozenset[str]:
    """Names of the module's panels for which judges were ever drawn. One query."""
    draws = session.scalars(select(JudgeDraw).where(JudgeDraw.event_id == module.event_id))
    return frozenset(name for draw in draws for code, name, _ in draw.seated if code == module.code)


def stood_in_draw(session: Session, judge: Judge) -> bool:
    """Whether a judge stands in the record of a draw: then the row cannot be deleted."""
    draws = select(JudgeDraw).join(Event, Event.id == JudgeDraw.event_id)
    return any(
        judge.id in draw.listed for draw in session.scalars(draws.where(Event.competition_id == judge.competition_id))
    )
