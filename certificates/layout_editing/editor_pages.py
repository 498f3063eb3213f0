"""The editor of layouts: its page, the data it loads, what it asks while one draws, and saving."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from certificates.blueprint import bp
from certificates.layout_editing.layout_pages import ONE, L
from certificates.layout_editing.offered import FACE_NAMES, SAMPLE_WORDS, names_for, offered_variables
from certificates.layout_editing.trying import PICTURE_DPI, Tried, tried
from certificates.layouts.names import BACKGROUND_NAMES, KIND_NAMES, ORNAMENT_NAMES
from certificates.materials.own_layouts import SaveLayout, own_layout_of, save_layout, version_of
from certificates.materials.pictures import pictures
from certificates.materials.seals import seals
from certificates.pdf.scene import Severity
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import InvalidInputError
from core.i18n import translated

FINEST = 200


@bp.get(f"{ONE}/editor")
@requires("layout.edit")
def edit_layout(competition_id: int, layout_id: int) -> ResponseReturnValue:
    """The editor's page; the layout itself is loaded as data."""
    own = own_layout_of(db.session(), competition_id, layout_id)
    variables = offered_variables(version_of(db.session(), own, own.newest).document)
    return render_template(
        "certificates/layouts/editor.html",
        competition=competition_of(competition_id),
        own=own,
        variables=variables,
        names=names_for(variables),
        faces=FACE_NAMES,
        kinds=KIND_NAMES,
        backgrounds=BACKGROUND_NAMES,
        ornaments=ORNAMENT_NAMES,
        sample_words=SAMPLE_WORDS,
        pictures=[picture.name for picture in pictures(competition_id)],
        seals=[seal.name for seal in seals(competition_id) if seal.revoked_at is None],
    )


@bp.get(f"{ONE}/document")
@requires("layout.edit")
def layout_document(competition_id: int, layout_id: int) -> ResponseReturnValue:
    """The newest version as data."""
    own = own_layout_of(db.session(), competition_id, layout_id)
    return {"number": own.newest, "document": version_of(db.session(), own, own.newest).document}


@bp.post(f"{L}/measurements")
@requires("layout.edit")
def measure_layout(competition_id: int) -> ResponseReturnValue:
    """What a layout that is being edited comes to: problems with the real list, and every line of one sample."""
    asked = _asked()
    found = tried(competition_of(competition_id), asked["document"], str(asked.get("sample", "")))
    return {
        "sample": found.current.key,
        "samples": [
            {"key": s.key, "why": translated(s.why), "who": s.who, "errors": _errors(found, s.key)}
            for s in found.samples
        ],
        "problems": [
            {
                "sample": sample.key,
                "who": sample.who or translated(sample.why),
                "item": problem.item,
                "kind": problem.kind,
                "message": translated(problem.message),
                "is_error": problem.severity is Severity.ERROR,
            }
            for sample, problem in found.problems
        ],
        "shown": [item.id for item in found.items()],
    }


def _errors(found: Tried, key: str) -> int:
    return sum(s.key == key and p.severity is Severity.ERROR for s, p in found.problems)


@bp.post(f"{L}/pictures")
@requires("layout.edit")
def draw_layout(competition_id: int) -> ResponseReturnValue:
    """One sample of a layout that is being edited, drawn by the program that draws the real certificates."""
    asked = _asked()
    found = tried(competition_of(competition_id), asked["document"], str(asked.get("sample", "")))
    dpi = asked.get("dpi", PICTURE_DPI)
    return Response(found.picture(min(max(int(dpi), 40), FINEST)), mimetype="image/png")


@bp.post(f"{ONE}/versions")
@requires("layout.edit")
def save_version(competition_id: int, layout_id: int) -> ResponseReturnValue:
    """Save a version; 409 if somebody else has saved one meanwhile."""
    asked = _asked()
    based_on = asked.get("based_on")
    if not isinstance(based_on, int):
        raise InvalidInputError("请求里没有写明改的是第几版")
    command = SaveLayout(
        competition_id, layout_id, asked["document"], based_on, str(asked.get("reason", "")), signed_in_actor()
    )
    return {"number": save_layout(command)}


def _asked() -> Mapping[str, Any]:
    """What the editor sent: an object with a document.

    Raises:
        InvalidInputError: something else.
    """
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("document"), dict):
        raise InvalidInputError("请求里没有版式")
    if not isinstance(asked.get("dpi", 0), int):
        raise InvalidInputError("分辨率应为整数")
    return asked
