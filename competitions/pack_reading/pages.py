"""Pages: the rule packs, and one pack with its values, clauses, quotes and sources."""

from datetime import date

from flask import render_template, request
from flask.typing import ResponseReturnValue

from competitions.blueprint import bp
from competitions.pack_editing.known import own_rows, version_in_force
from competitions.pack_editing.owning import packs_seen_by, reach_of
from competitions.standards import DIMENSIONS, Pack
from competitions.standards.finding import in_force
from competitions.standards.model import CONFIDENCE
from competitions.standards.regions import region
from competitions.standards.words import is_verified, quoted, sections, span
from core.auth import requires, signed_in_actor
from core.clock import competition_day
from core.db import db
from core.errors import NotFoundError


@bp.get("/packs", endpoint="packs")
@requires("competition.view", anywhere=True)
def packs_page() -> ResponseReturnValue:
    """All packs: jurisdiction, dates, and how far each may be trusted."""
    search, place = request.args.get("q", "").strip(), request.args.get("region", "")
    actor = signed_in_actor()
    seen, kept = (reach_of(db.session(), actor, one) for one in ("competition.view", "pack.edit"))
    rows = [row for row in own_rows(db.session()) if seen.sees(row.organisation_id)]
    known = packs_seen_by(db.session(), actor)
    shown = [pack for pack in known if place in ("", pack.jurisdiction) and _matches(pack, search)]
    return render_template(
        "competitions/packs.html",
        shown=sorted(shown, key=lambda pack: (pack.jurisdiction, _first_day(pack), pack.id)),
        total=len(known),
        places=sorted({pack.jurisdiction for pack in known}),
        place=place,
        search=search,
        verified=sum(is_verified(pack.confidence) for pack in known),
        today=competition_day(),
        kept={row.id for row in rows if kept.keeps(row.organisation_id)},
        own_rows=[(row, version_in_force(row), row.versions[-1] if row.versions else None) for row in rows],
        **words(),
    )


def _first_day(pack: Pack) -> date:
    dates = pack.effective
    return dates.start or dates.reported or (date(dates.year, 1, 1) if dates.year else date.min)


def _matches(pack: Pack, search: str) -> bool:
    texts = [pack.id, pack.title, region_name(pack.jurisdiction), *pack.applies.programmes]
    texts += [source.document for source in pack.sources.values()]
    return any(search in text for text in texts)


def region_name(code: str) -> str:
    """The name of a region; the code itself where nobody knows a name."""
    found = region(code)
    return code if found is None else found.name


def words() -> dict[str, object]:
    """The words and judgements that pages about packs use."""
    return {
        "region_name": region_name,
        "span": span,
        "quoted": quoted,
        "is_verified": is_verified,
        "in_force": in_force,
        "trust": CONFIDENCE,
        "dimensions": DIMENSIONS,
    }


@bp.get("/packs/<pack_id>", endpoint="pack")
@requires("competition.view", anywhere=True)
def pack_page(pack_id: str) -> ResponseReturnValue:
    """One pack: all that its text states, with clause and words, and what it does not state."""
    known = packs_seen_by(db.session(), signed_in_actor())
    found = next((pack for pack in known if pack.id == pack_id), None)
    if found is None:
        raise NotFoundError("没有编号为“%(id)s”的规则包", id=pack_id)
    return render_template(
        "competitions/pack.html",
        pack=found,
        sections=sections(found),
        successors=[pack for pack in known if pack.supersedes == found.id],
        own_id=next((row.id for row in own_rows(db.session()) if row.code == pack_id), None),
        **words(),
    )
