"""Printers for pre-printed paper as use cases: each with the correction in tenths of a millimetre that it needs."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.materials.models import Printer
from competitions.setup import locked_competition
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.rows import row_in

MOST_PRINTERS = 40
MOST_TENTHS = 200


@dataclass(frozen=True, slots=True)
class SavePrinter:
    """Note a printer's correction; one of the same name gets the new one."""

    competition_id: int
    name: str
    right_tenths: int
    down_tenths: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class RemovePrinter:
    """Forget a printer."""

    competition_id: int
    printer_id: int
    actor: Actor


def save_printer(command: SavePrinter) -> int:
    """Store a printer or change its correction; returns its id.

    Raises:
        InvalidInputError: no name, or more than 20 mm.
        ConflictError: there are too many.
    """
    name = command.name.strip()[:60]
    if not name:
        raise InvalidInputError("请填写打印机名称")
    if max(abs(command.right_tenths), abs(command.down_tenths)) > MOST_TENTHS:
        raise InvalidInputError("偏差请填 -20 至 20 毫米")
    with transaction() as session:
        competition = locked_competition(session, command.competition_id)
        known = printers(competition.id)
        printer = next((one for one in known if one.name == name), None)
        if printer is None:
            if len(known) >= MOST_PRINTERS:
                raise ConflictError("一场竞赛最多记 %(n)s 台打印机", n=MOST_PRINTERS)
            printer = Printer(competition_id=competition.id, name=name)
            session.add(printer)
        printer.right_tenths, printer.down_tenths = command.right_tenths, command.down_tenths
        session.flush()
        detail = {"name": name, "right_tenths": printer.right_tenths, "down_tenths": printer.down_tenths}
        record(session, command.actor.act("printer.saved", f"printer:{printer.id}", competition.id, detail))
        return printer.id


def remove_printer(command: RemovePrinter) -> None:
    """Forget a printer.

    Raises:
        NotFoundError: no such printer in this competition.
    """
    with transaction() as session:
        locked_competition(session, command.competition_id)
        printer = printer_of(session, command.competition_id, command.printer_id)
        act = command.actor.act(
            "printer.removed", f"printer:{printer.id}", printer.competition_id, {"name": printer.name}
        )
        session.delete(printer)
        record(session, act)


def printers(competition_id: int) -> list[Printer]:
    """The printers of a competition, by name."""
    query = select(Printer).where(Printer.competition_id == competition_id).order_by(Printer.name)
    return list(db.session.scalars(query))


def printer_of(session: Session, competition_id: int, printer_id: int) -> Printer:
    """A printer of this competition.

    Raises:
        NotFoundError: none, or of another competition.
    """
    return row_in(session, Printer, competition_id, printer_id, NotFoundError("这场竞赛里没有这台打印机"))
