"""Where tablets read modules' clocks and send their presses."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from core.auth import Actor, requires, signed_in_actor
from core.clock import now
from core.db import db
from core.i18n import sentence
from scoring.tablet.pages import bp as tablet
from scoring.tablet.payloads import read
from scoring.timing.keeping import Pressed, RefusedPress, press_clocks
from scoring.timing.payloads import PressesBody, clock_document
from scoring.timing.reading import clocks_of, modules_of_judge


@tablet.get("/scoring/clocks")
@requires("sheet.mark", anywhere=True)
def clocks() -> ResponseReturnValue:
    """The clocks of the modules that the judge keeps or marks in."""
    return _clocks(signed_in_actor())


@tablet.post("/scoring/clocks/presses")
@requires("sheet.mark", anywhere=True)
def press() -> ResponseReturnValue:
    """Take what a tablet has pressed, oldest first; each press gets its own answer, and the clocks as they are then."""
    body = read(PressesBody, request.get_json(silent=True))
    actor = signed_in_actor()
    outcomes = press_clocks([one.command() for one in body.presses], actor)
    return {"answers": [_answer(outcome) for outcome in outcomes]} | _clocks(actor)


def _clocks(actor: Actor) -> dict[str, Any]:
    session = db.session()
    modules = [clock_document(timed, clocks_of(session, timed.module)) for timed in modules_of_judge(session, actor)]
    return {"modules": modules, "server_time": now().isoformat()}


def _answer(outcome: Pressed | RefusedPress) -> dict[str, Any]:
    if isinstance(outcome, Pressed):
        return {"key": str(outcome.key), "status": 201, "number": outcome.number}
    error = outcome.error
    return {"key": str(outcome.key), "status": error.status, "code": error.code, "detail": sentence(error)}
