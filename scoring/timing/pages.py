"""The chief judge's page of a module's clock: press, grant time, name who keeps it; works by reloading."""

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.events.defining import event_of
from competitions.judges.panels import judges_of, module_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.clock import now
from core.db import db
from core.errors import InvalidInputError
from scoring.blueprint import C, bp
from scoring.engine.stopwatch import KIND_NAMES
from scoring.timing.keeping import PressClock, SetTiming, press_clock, set_timing
from scoring.timing.models import ModuleTiming
from scoring.timing.reading import clocks_of, keeper_name
from scoring.timing.shown import shown_clock


@bp.get(f"{C}/modules/<int:module_id>/clock")
@requires("sheet.board")
def module_clock(competition_id: int, module_id: int) -> ResponseReturnValue:
    """The clocks of a module, a batch at a time."""
    session = db.session()
    module = module_of(session, competition_id, module_id)
    timing = session.get(ModuleTiming, module.id)
    clocks = clocks_of(session, module)
    wanted = request.args.get("batch", type=int)
    clock = next((one for one in clocks if one.batch == wanted), clocks[0] if clocks else None)
    moment = now()
    return render_template(
        "scoring/module_clock.html",
        competition=competition_of(competition_id),
        event=event_of(session, competition_id, module.event_id),
        module=module,
        timing=timing,
        keeper=keeper_name(session, timing),
        judges=judges_of(competition_id),
        batches=[one.batch for one in clocks],
        shown=shown_clock(clock, timing, moment) if clock else None,
        kinds=KIND_NAMES,
    )


@bp.post(f"{C}/modules/<int:module_id>/clock/presses")
@requires("sheet.return")
def press_module_clock(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Press the clock now, for everybody or for the contestants that are ticked."""
    form = request.form
    module = module_of(db.session(), competition_id, module_id)
    batch = form.get("batch", 0, type=int)
    document = {"kind": form.get("kind", ""), "at": now().isoformat(), "mono": 0, "life": uuid4().hex}
    document |= {
        "reason": form.get("reason", ""),
        "seconds": _seconds(form.get("minutes", ""), form.get("seconds", "")),
    }
    concerned = frozenset(int(one) for one in form.getlist("entrant") if one.isdecimal())
    if form.get("whom") == "some" and not concerned:
        raise InvalidInputError("请先勾选选手，或选择“全体”")
    if form.get("whom") != "some":
        concerned = frozenset()
    press_clock(PressClock(module.id, batch, uuid4(), document, concerned), signed_in_actor())
    flash(_("已记录"), "success")
    return _back(competition_id, module_id, batch)


def _seconds(minutes: str, seconds: str) -> str:
    parts = [part.strip() or "0" for part in (minutes, seconds)]
    if not all(part.isdecimal() and part.isascii() and len(part) <= 4 for part in parts):
        raise InvalidInputError("补时请写整数的分钟和秒")
    return str(int(parts[0]) * 60 + int(parts[1]))


@bp.post(f"{C}/modules/<int:module_id>/clock/settings")
@requires("judge.replace")
def set_module_timing(competition_id: int, module_id: int) -> ResponseReturnValue:
    """Lay down who keeps the time and how long everybody has."""
    form = request.form
    minutes, keeper = form.get("minutes", "").strip(), form.get("keeper", "")
    if minutes and not (minutes.isdecimal() and minutes.isascii() and len(minutes) <= 5):
        raise InvalidInputError("规定时间请写整数分钟")
    command = SetTiming(
        competition_id,
        module_id,
        int(keeper) if keeper.isdecimal() else None,
        int(minutes) if minutes else None,
        signed_in_actor(),
    )
    set_timing(command)
    flash(_("已保存；平板下次联网时生效"), "success")
    return _back(competition_id, module_id, form.get("batch", 0, type=int))


def _back(competition_id: int, module_id: int, batch: int) -> ResponseReturnValue:
    address = url_for("scoring.module_clock", competition_id=competition_id, module_id=module_id, batch=batch)
    return redirect(address)
