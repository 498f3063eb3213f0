"""The page on which rules are tried: who would be flagged with them, compared with now."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certificates import labels
from certificates.blueprint import bp
from certificates.pack_preview.trying import try_pack
from competitions.pack_editing.keeping import draft_as_pack, version_of
from competitions.pack_editing.known import pack_of_document
from competitions.pack_editing.owning import reach_of, seen_pack
from competitions.setup import competition_of
from competitions.standards.model import Pack
from core.auth import requires, signed_in_actor
from core.db import db
from core.errors import NotAllowedError


@bp.get("/certificates/competitions/<int:competition_id>/pack-preview/<int:own_id>")
@requires("flag.view")
def pack_preview(competition_id: int, own_id: int) -> ResponseReturnValue:
    """A draft, or with `version` a version, tried on the final results of a competition."""
    row = seen_pack(db.session(), own_id, signed_in_actor())
    number = request.args.get("version", type=int)
    competition = competition_of(competition_id)
    programme = request.args.get("programme", type=int)
    return render_template(
        "certificates/pack_preview.html",
        competition=competition,
        row=row,
        number=number,
        programme=programme,
        trials=try_pack(db.session(), competition, _tried(own_id, number), programme),
        labels=labels,
    )


def _tried(own_id: int, number: int | None) -> Pack:
    """A draft is seen only by who may edit it; a version by whoever sees the flags.

    Raises:
        NotAllowedError: a draft, and no right to edit it.
        UnfinishedDraftError: it is not a rule file yet.
    """
    actor = signed_in_actor()
    row = seen_pack(db.session(), own_id, actor)
    if number is not None:
        return pack_of_document(version_of(row, number).document, row.code, number)
    if not reach_of(db.session(), actor, "pack.edit").keeps(row.organisation_id):
        raise NotAllowedError("草稿只供起草的人试算")
    return draft_as_pack(row.draft, row.code)
