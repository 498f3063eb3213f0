"""Pages: the papers of approved flags, as files for the authority."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.flags.exporting import ExportPapers, approved_flags, export_papers
from certificates.flags.forms import PapersForm
from certificates.papers.files import TYPES
from certificates.papers.forms import KINDS
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment


@bp.get(f"{C}/papers")
@requires("flag.view")
def papers(competition_id: int) -> ResponseReturnValue:
    """Each paper with whoever would stand on it, what of its form is assumed, and its files."""
    competition = competition_of(competition_id)
    people = {kind: approved_flags(db.session(), competition, kind) for kind in KINDS}
    return render_template(
        "certificates/papers.html", competition=competition, kinds=KINDS, people=people, forms=tuple(TYPES)
    )


@bp.post(f"{C}/papers")
@requires("flag.decide")
def export(competition_id: int) -> ResponseReturnValue:
    """One paper as a file, with document numbers in full or masked."""
    form = PapersForm()
    command = ExportPapers(
        competition_id,
        form.benefit.data or "",
        form.form.data or "",
        form.numbers.data != "full",
        signed_in_actor(),
    )
    file = export_papers(command)
    return Response(file.content, mimetype=file.kind, headers=attachment(file.name))
