"""The blueprint of this package's pages, and how an application takes it on."""

from importlib import import_module

from flask import Blueprint, Flask

from certificates.issuing import KIND, issue_one
from core import jobs

bp = Blueprint("certificates", __name__)
PAGES = (
    "views_awards",
    "views_flags",
    "views_papers",
    "views_batch",
    "pack_preview.views",
    "alignment_report.views",
    "views_levels",
    "views_issue",
    "views_register",
    "views_verify",
    "views_contestant",
    "layout_editing.views_layouts",
    "layout_editing.views_editor",
    "layout_editing.views_pictures",
    "layout_editing.views_fonts",
    "layout_editing.views_seals",
    "layout_editing.views_printers",
    "signing_keys.views",
    "open_badges.views",
    "record.views",
    "statistics.views",
    "attachments.views",
    "attachments.own_views",
    "paper_templates.views",
)


def attach(app: Flask) -> None:
    """Register all pages, and how an item of an issue is done."""
    for name in PAGES:
        import_module(f"certificates.{name}")
    app.register_blueprint(bp)
    jobs.register(KIND, issue_one)
