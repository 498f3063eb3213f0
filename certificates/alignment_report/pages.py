"""The report on a competition's rules as a file; whoever takes it stands in the audit record."""

from dataclasses import dataclass

from flask import Response, current_app
from flask.typing import ResponseReturnValue

from certificates.alignment_report.report import Held, alignment_document
from certificates.blueprint import bp
from certificates.papers.files import written
from competitions.alignment.aligning import held_events, not_in_force
from competitions.setup import competition_of
from core.audit import record
from core.auth import Actor, requires, signed_in_actor
from core.clock import competition_day
from core.db import db, transaction
from core.downloads import attachment
from core.errors import ConflictError


@dataclass(frozen=True, slots=True)
class ExportAlignment:
    """The report of a competition as PDF."""

    competition_id: int
    actor: Actor


def export_alignment(command: ExportAlignment) -> tuple[str, bytes]:
    """Write the report and record who took it; returns the file's name and content.

    Raises:
        NotFoundError: no such competition.
        ConflictError: there is no event, or no rules to hold it against.
        MissingGlyphError: a character that no font can draw.
    """
    competition = competition_of(command.competition_id)
    events = held_events(db.session(), competition, current_app.config["SCHEME_FACTS"])
    if not any(event.packs for event in events):
        raise ConflictError("还没有赛项或适用的规则包，没有可报告的内容")
    held = Held(competition.title, competition.host, competition.opens_on, not_in_force(db.session(), competition))
    content = written(alignment_document(held, events, competition_day()), "pdf")
    name = f"{competition.title} 对照规则的报告.pdf"
    with transaction() as session:
        detail = {"pending": sum(event.pending for event in events)}
        target = f"competition:{command.competition_id}"
        record(session, command.actor.act("alignment.exported", target, command.competition_id, detail))
    return name, content


@bp.get("/certificates/competitions/<int:competition_id>/alignment.pdf")
@requires("competition.view")
def alignment_report(competition_id: int) -> ResponseReturnValue:
    """The report as PDF."""
    name, content = export_alignment(ExportAlignment(competition_id, signed_in_actor()))
    return Response(content, mimetype="application/pdf", headers=attachment(name))
