"""How an application takes on the pages of this package."""

from importlib import import_module

from flask import Flask

from certificates.blueprint import bp
from certificates.issue.issuing import KIND, issue_one
from core import jobs

PAGES = (
    "awards.late_prize_pages",
    "awards.pages",
    "flags.pages",
    "flags.paper_pages",
    "medal_batches.pages",
    "pack_preview.pages",
    "alignment_report.pages",
    "levels.pages",
    "titles.pages",
    "innovations.pages",
    "issue.pages",
    "issue.register_pages",
    "verification.pages",
    "contestants.pages",
    "layout_editing.layout_pages",
    "layout_editing.editor_pages",
    "layout_editing.picture_pages",
    "layout_editing.font_pages",
    "layout_editing.seal_pages",
    "layout_editing.printer_pages",
    "signing_keys.pages",
    "open_badges.pages",
    "record.pages",
    "statistics.pages",
    "attachments.pages",
    "attachments.own_pages",
    "paper_templates.pages",
    "archive.pages",
    "programs.endpoints",
)


def attach(app: Flask) -> None:
    """Register all pages, and how an item of an issue is done."""
    for name in PAGES:
        import_module(f"certificates.{name}")
    app.register_blueprint(bp)
    jobs.register(KIND, issue_one)
