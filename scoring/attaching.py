"""How an application takes on the pages of this package."""

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect

from core.messages import said_again
from scoring.appeals.pages import WORDS
from scoring.appeals.reading import own_appeals
from scoring.blueprint import bp
from scoring.event_charge import keep_to_own_events
from scoring.paper_entry.form_numbers import form_number
from scoring.results.gates import missed_on_own_page
from scoring.results.in_words import is_spoken, spoken
from scoring.sheets.called import called

PAGES = (
    "schemes.pages",
    "sheets.pages",
    "sheet_files.pages",
    "paper_entry.pages",
    "jury.pages",
    "live.pages",
    "photos.pages",
    "timing.tablet_pages",
    "timing.pages",
    "handing_over.pages",
    "results.pages",
    "results.export_pages",
    "results.hall_pages",
    "trials.pages",
    "analysis.pages",
    "own_marking.pages",
    "penalties.pages",
    "team_standings.pages",
    "team_standings.deciding_pages",
    "appeals.pages",
    "appeals.own_pages",
    "stages.pages",
    "programs.endpoints",
)


def attach(app: Flask, csrf: CSRFProtect) -> None:
    """Register all pages. A judge's device proves itself by its cookie or token and a key per save, not by a form."""
    for name in PAGES:
        import_module(f"scoring.{name}")
    device, program, description = (import_module(f"scoring.tablet.{name}") for name in ("pages", "assets", "openapi"))
    for blueprint in (device.bp, program.bp, description.bp, bp, import_module("scoring.results.pages").open_pages):
        app.register_blueprint(blueprint)
    csrf.exempt(device.bp)
    app.before_request(keep_to_own_events)
    app.jinja_env.globals["missed_gates"] = missed_on_own_page
    app.jinja_env.globals |= {"own_appeals": own_appeals, "appeal_words": WORDS}
    app.jinja_env.filters |= {
        "form_number": form_number,
        "spoken": spoken,
        "is_spoken": is_spoken,
        "said_again": said_again,
        "called": called,
    }
