"""The blueprint of this package's pages, and how an application takes it on."""

from importlib import import_module

from flask import Blueprint, Flask

from competitions.aligning import no_scheme
from competitions.course import no_facts
from competitions.setup import competition_titles
from competitions.standards.loader import load_packs

bp = Blueprint("competitions", __name__)
PAGES = (
    "views",
    "views_events",
    "views_roster",
    "views_draw",
    "views_panels",
    "judge_entry.views",
    "views_delegation",
    "views_units",
    "views_packs",
    "views_alignment",
)


def attach(app: Flask) -> None:
    """Register all pages. What packages above know comes through the configuration, here with cautious defaults.

    ``COURSE_FACTS`` gives the facts of a competition; ``HAS_MARKS`` and ``HAS_SCHEME`` tell whether an event has
    any mark, or an adopted scheme; ``PUBLISHED_COMPETITIONS`` the ids of those with published results; ``SCHEME_FACTS``
    what an event's scheme states of the matters that rule packs ask about, ``SEATS_WANTED`` how many judges it asks for
    at each module.
    """
    for name in PAGES:
        import_module(f"competitions.{name}")
    app.config.setdefault("COURSE_FACTS", no_facts)
    app.config.setdefault("HAS_MARKS", _nobody_knows)
    app.config.setdefault("PUBLISHED_COMPETITIONS", frozenset)
    app.config.setdefault("COMPETITION_TITLES", competition_titles)
    app.config.setdefault("HAS_SCHEME", _nobody_knows)
    app.config.setdefault("SCHEME_FACTS", no_scheme)
    app.config.setdefault("SEATS_WANTED", _no_seats)
    app.jinja_env.globals["packs"] = load_packs
    app.register_blueprint(bp)


def _nobody_knows(_event_id: int) -> bool:
    """Where no package above can tell, marks are taken to exist: what was drawn stays drawn."""
    return True


def _no_seats(_event_id: int) -> dict[str, int]:
    return {}
