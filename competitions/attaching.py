"""How an application takes on the pages of this package, and what it is told of the packages above."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from competitions.alignment.aligning import no_scheme
from competitions.blueprint import bp
from competitions.course.steps import no_facts
from competitions.judges.event_chiefs import charge_ends
from competitions.pack_editing.owning import packs_seen_by
from competitions.public_names.showing import public_name
from competitions.registration.levels import no_levels
from competitions.setup import competition_titles
from competitions.standards.regions import region_choices, region_label
from competitions.work_codes.sheets import NO_SHEETS
from core.auth import Actor, signed_in_actor
from core.db import db
from core.i18n import translated
from core.messages import Joined, Said, said

PAGES = (
    "pages",
    "copying.pages",
    "course.pages",
    "events.pages",
    "stages.pages",
    "registration.pages",
    "enrolment.pages",
    "enrolment.review_pages",
    "enrolment.own_pages",
    "corrections.pages",
    "public_names.pages",
    "draws.pages",
    "work_codes.pages",
    "check_in.pages",
    "timetable.pages",
    "timetable.many_pages",
    "timetable.reading_pages",
    "notices.pages",
    "judges.pages",
    "judge_draws.pages",
    "judge_ties.pages",
    "judge_ties.own_pages",
    "judge_accounts.pages",
    "colleagues.pages",
    "organisations.pages",
    "organisations.staff_pages",
    "judge_entry.pages",
    "delegations.pages",
    "units.pages",
    "pack_reading.pages",
    "alignment.pages",
    "pack_editing.pages",
    "occupations.pages",
    "programs.endpoints",
    "programs.importing",
    "programs.pages",
)


def attach(app: Flask) -> None:
    """Register all pages. What packages above know comes through the configuration, here with cautious defaults.

    ``COURSE_FACTS`` gives the facts of a competition; ``HAS_MARKS`` and ``HAS_SCHEME`` tell whether an event has
    any mark, or an adopted scheme; ``PUBLISHED_COMPETITIONS`` the ids of those with published results; ``SCHEME_FACTS``
    what an event's scheme states of the matters that rule packs ask about, ``SEATS_WANTED`` how many judges the
    schemes of several events ask for at each module, ``KNOWN_LEVELS`` which skill levels of people came back from an
    authority; ``SEATS_CHANGED`` brings an event's sheets to panels or a draw that have just changed; ``COPY_MARKING``
    gives events that are set up as others were the schemes of those; ``HANDED_IN_BY`` counts the sheets that judges
    have handed in, by judge and entrant; ``WORK_SHEETS`` what sheets have to do with works that are marked by
    code; ``ROLE_ENDS`` tells the package below what ends with a role.
    """
    for name in PAGES:
        import_module(f"competitions.{name}")
    app.config.setdefault("COURSE_FACTS", no_facts)
    app.config.setdefault("HAS_MARKS", _nobody_knows)
    app.config.setdefault("PUBLISHED_COMPETITIONS", frozenset)
    app.config.setdefault("COMPETITION_TITLES", competition_titles)
    app.config.setdefault("ROLE_ENDS", charge_ends)
    app.config.setdefault("HAS_SCHEME", _nobody_knows)
    app.config.setdefault("SCHEME_FACTS", no_scheme)
    app.config.setdefault("SEATS_WANTED", _no_seats)
    app.config.setdefault("SEATS_CHANGED", _nobody_follows)
    app.config.setdefault("WORK_SHEETS", NO_SHEETS)
    app.config.setdefault("COPY_MARKING", _nothing_copied)
    app.config.setdefault("KNOWN_LEVELS", no_levels)
    app.config.setdefault("HANDED_IN_BY", _nothing_handed_in)
    app.config.setdefault("UNDRAWABLE", _all_drawn)
    app.jinja_env.globals["packs"] = lambda: packs_seen_by(db.session(), signed_in_actor())
    app.template_filter("said")(_in_words)
    app.template_filter("marked")(marked)
    app.template_filter("public_name")(public_name)
    app.template_filter("region")(region_label)
    app.jinja_env.globals["region_choices"] = region_choices
    app.register_blueprint(bp)


def _in_words(text: str) -> object:
    """A message that a pure module keeps, in the visitor's language; a percent sign in it is only a sign."""
    kept = text if isinstance(text, Said | Joined) else said(text)
    return translated(kept) if text else ""


def marked(text: object) -> Markup:
    """A sentence in the visitor's language, in which words that stay Chinese, such as names, are marked as Chinese."""
    if isinstance(text, Said):
        values = {name: marked(value) for name, value in text.values.items()}
        words = escape(gettext(text.words))
        return words % values if values else words
    if isinstance(text, Joined):
        return escape(gettext(text.separator)).join(marked(part) for part in text.parts)
    is_chinese = isinstance(text, str) and any("\u3400" <= character <= "\u9fff" for character in text)
    return Markup('<span lang="zh-CN">{}</span>').format(text) if is_chinese else escape(text)


def _nobody_knows(_event_id: int) -> bool:
    """Where no package above can tell, marks are taken to exist: what was drawn stays drawn."""
    return True


def _no_seats(_event_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    return {}


def _nobody_follows(_session: Session, _event_id: int) -> None:
    """Where no package above makes sheets, none has to follow."""


def _nothing_handed_in(_judge_ids: Sequence[int]) -> dict[tuple[int, int], int]:
    """Where no package above has sheets, none was handed in."""
    return {}


def _nothing_copied(_session: Session, _events: Mapping[int, int], _actor: Actor) -> int:
    """Where no package above has schemes, none is copied."""
    return 0


def _all_drawn(_competition_id: int, _text: str) -> tuple[str, ...]:
    """Where no package above draws anything, nothing is lacking."""
    return ()
