"""Pages of an event's scheme: the adopted one as an outline, a draft beside it, adoption by a second press, files."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from competitions.events.defining import event_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from scoring.blueprint import C, bp
from scoring.charts import share_bar
from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.formats import read_scheme_bytes
from scoring.forms import SchemeForm
from scoring.schemes.drafts import AdoptDraft, KeepDraft, adopt_draft, keep_draft, preview_of, waiting_draft
from scoring.schemes.files import WRITERS, version_of, versions_of, why_not_worldskills
from scoring.schemes.mistakes import Mistake, mistakes
from scoring.schemes.outline import facts_of, outline_of
from scoring.schemes.seatless import seatless_names
from scoring.schemes.starter import starter_of
from scoring.sheets.opening import current_scheme, has_marks, scheme_of

PATH = f"{C}/events/<int:event_id>/scheme"


@bp.get(PATH)
@requires("sheet.board")
def scheme(competition_id: int, event_id: int) -> ResponseReturnValue:
    """The scheme of an event as an outline, with its versions and what waits to be adopted."""
    return _scheme_page(competition_id, event_id, SchemeForm(), [])


def _scheme_page(competition_id: int, event_id: int, form: SchemeForm, found: list[Mistake]) -> ResponseReturnValue:
    event = event_of(db.session(), competition_id, event_id)
    wanted = request.args.get("version", type=int)
    version = version_of(db.session(), competition_id, event_id, wanted) if wanted else None
    shown = version or current_scheme(db.session(), event_id)
    read = scheme_of(shown) if shown else None
    page = render_template(
        "scoring/schemes/scheme.html",
        competition=competition_of(competition_id),
        event=event,
        form=form,
        mistakes=found,
        versions=versions_of(db.session(), event_id),
        shown=shown,
        parts=outline_of(read) if read else (),
        facts=facts_of(read) if read else (),
        seatless=seatless_names(read) if read and not has_marks(event_id) else (),
        unfit=why_not_worldskills(read) if read else (),
        draft=waiting_draft(db.session(), event_id),
        is_frozen=has_marks(event_id),
        share_bar=share_bar,
    )
    return page, 422 if found or form.errors else 200


@bp.post(PATH)
@requires("scheme.edit")
def read_draft(competition_id: int, event_id: int) -> ResponseReturnValue:
    """Read a scheme file; what is in order is kept to be looked at, nothing is adopted yet."""
    form = SchemeForm()
    event_of(db.session(), competition_id, event_id)
    if not form.validate_on_submit():
        return _scheme_page(competition_id, event_id, form, [])
    upload = form.file.data
    data, name = upload.read(), upload.filename
    try:
        read = read_scheme_bytes(data, name)
    except SchemeError as error:
        return _scheme_page(competition_id, event_id, form, mistakes(error.problems, data, name))
    draft = keep_draft(KeepDraft(competition_id, event_id, read, name, signed_in_actor()))
    return redirect(url_for("scoring.scheme_draft", competition_id=competition_id, event_id=event_id, draft_id=draft))


@bp.get(f"{PATH}/drafts/<int:draft_id>")
@requires("sheet.board")
def scheme_draft(competition_id: int, event_id: int, draft_id: int) -> ResponseReturnValue:
    """A draft beside the adopted scheme: the difference, its outline, and what adopting it would do."""
    preview = preview_of(db.session(), competition_id, event_id, draft_id)
    return render_template(
        "scoring/schemes/draft.html",
        competition=competition_of(competition_id),
        event=event_of(db.session(), competition_id, event_id),
        preview=preview,
        draft=preview.draft,
        parts=outline_of(preview.scheme),
        facts=facts_of(preview.scheme),
        share_bar=share_bar,
    )


@bp.post(f"{PATH}/drafts/<int:draft_id>/adoptions")
@requires("scheme.edit")
def adopt(competition_id: int, event_id: int, draft_id: int) -> ResponseReturnValue:
    """Adopt what the draft's page showed."""
    number = adopt_draft(AdoptDraft(competition_id, event_id, draft_id, signed_in_actor()))
    flash(_("已采用第 %(n)s 版评分方案", n=number), "success")
    return redirect(url_for("scoring.scheme", competition_id=competition_id, event_id=event_id))


@bp.get(f"{PATH}/versions/<int:number>/files/<any(yaml, xlsx, worldskills):kind>")
@requires("sheet.board")
def scheme_file(competition_id: int, event_id: int, number: int, kind: str) -> ResponseReturnValue:
    """A version as a file that can be read in again."""
    version = version_of(db.session(), competition_id, event_id, number)
    return _file(scheme_of(version), f"{version.event.name}-{number}", kind)


@bp.get(f"{PATH}/starter.<any(yaml, xlsx):kind>")
@requires("scheme.edit")
def scheme_starter(competition_id: int, event_id: int, kind: str) -> ResponseReturnValue:
    """A first scheme made of the event's modules, to be changed and read in."""
    event = event_of(db.session(), competition_id, event_id)
    return _file(starter_of(event), event.name, kind)


def _file(scheme: Scheme, name: str, kind: str) -> Response:
    ending, content_type, write = WRITERS[kind]
    return Response(write(scheme), content_type=content_type, headers=attachment(name + ending))
