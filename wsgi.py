"""The composition root: the only file that knows all packages. Nothing imports it but servers and tests."""

import hashlib
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import format_datetime
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import certificates.attaching
import certificates.awards.prizes
import certificates.cli_eligibility
import certificates.course
import certificates.flags.earlier_record
import certificates.materials.fonts
import competitions.alignment.commands
import competitions.attaching
import competitions.check_in.commands
import competitions.corrections.commands
import competitions.enrolment.commands
import competitions.events.commands
import competitions.judge_draws.commands
import competitions.organisations.commands
import competitions.pack_reading.commands
import competitions.setup
import competitions.timetable.commands
import core.account_pages
import core.answers
import core.backup.commands
import core.cli
import core.db
import core.hall_tls.cli
import core.hall_tls.pages
import core.i18n
import core.metrics.pages
import core.operating.commands
import core.outside_sign_in.commands
import core.outside_sign_in.pages
import core.pages
import core.programs.commands
import core.programs.endpoints
import core.second_factor.commands
import core.second_factor.pages
import demo.cli
import scoring.appeals.commands
import scoring.attaching
import scoring.cli_files
import scoring.course
import scoring.live.figures
import scoring.paper_entry.commands
import scoring.photos.commands
import scoring.results.commands
import scoring.results.standings
import scoring.schemes.copying
import scoring.schemes.planned
import scoring.sheets.handed_in
import scoring.sheets.opening
import scoring.sheets.works
import scoring.stages.commands
from certificates.cli import cli as certificates_cli
from competitions.cli import cli as competitions_cli
from competitions.course.steps import CourseFacts
from core.config import Settings, read_settings
from scoring.cli import cli as scoring_cli
from scoring.engine.exact import decimal_text

COMMANDS_ATTACHED_BY = (
    certificates.cli_eligibility,
    core.programs.commands,
    competitions.alignment.commands,
    competitions.pack_reading.commands,
    competitions.check_in.commands,
    competitions.corrections.commands,
    competitions.organisations.commands,
    competitions.enrolment.commands,
    competitions.events.commands,
    competitions.timetable.commands,
    competitions.judge_draws.commands,
    scoring.cli_files,
    scoring.paper_entry.commands,
    scoring.photos.commands,
    scoring.results.commands,
    scoring.appeals.commands,
    scoring.stages.commands,
)
"""Files that add commands to the groups below when they are imported."""
UPLOAD_LIMIT = 8 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """An application from `settings`, or from those of the environment."""
    settings = settings or read_settings()
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DATA_KEY=settings.data_key,
        SETTINGS=settings,
        BASE_URL=settings.base_url,
        MAX_CONTENT_LENGTH=UPLOAD_LIMIT,
        MAX_FORM_MEMORY_SIZE=UPLOAD_LIMIT,
        SEND_FILE_MAX_AGE_DEFAULT=365 * 86400,
        SESSION_COOKIE_NAME=f"session_{settings.port}",
        SIGN_IN_COOKIE=f"signin_{settings.port}",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_behind_tls,
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    core.db.init_app(app, settings)
    core.i18n.init_app(app)
    Bootstrap5(app)
    csrf = CSRFProtect(app)
    core.answers.init_app(app)
    app.jinja_options["autoescape"] = True
    app.add_template_filter(_moment, "moment")
    app.add_template_filter(_to_the_second, "to_the_second")
    app.add_template_filter(_day, "day")
    app.add_template_filter(decimal_text, "exact")
    app.url_defaults(_version_of(app))
    _attach(app, csrf)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    return app


def _attach(app: Flask, csrf: CSRFProtect) -> None:
    """Blueprints, commands and kinds of long work."""
    app.register_blueprint(core.pages.bp)
    app.register_blueprint(core.account_pages.bp)
    app.register_blueprint(core.second_factor.pages.bp)
    app.register_blueprint(core.outside_sign_in.pages.bp)
    app.register_blueprint(core.hall_tls.pages.bp)
    app.config.update(
        COMPETITION_OF=competitions.setup.competition_of,
        COURSE_FACTS=_course_facts,
        HAS_MARKS=scoring.sheets.opening.has_marks,
        HAS_SCHEME=scoring.sheets.opening.has_scheme,
        SEATS_CHANGED=scoring.sheets.opening.follow_seats,
        COPY_MARKING=scoring.schemes.copying.copy_marking,
        WORK_SHEETS=scoring.sheets.works.WORK_SHEETS,
        SEATS_WANTED=scoring.sheets.opening.seats_wanted,
        HANDED_IN_BY=scoring.sheets.handed_in.handed_in_by,
        SCHEME_FACTS=scoring.schemes.planned.planned,
        KNOWN_LEVELS=certificates.flags.earlier_record.levels_by_index,
        FIGURES=(scoring.live.figures.figures,),
        PRIZES_OF=certificates.awards.prizes.prizes_of,
        UNDRAWABLE=certificates.materials.fonts.undrawable,
        PUBLISHED_COMPETITIONS=scoring.results.standings.published_competitions,
    )
    competitions.attaching.attach(app)
    scoring.attaching.attach(app, csrf)
    certificates.attaching.attach(app)
    app.register_blueprint(core.programs.endpoints.bp)
    csrf.exempt(core.programs.endpoints.bp)  # no cookie opens anything there
    core.cli.cli.add_command(demo.cli.demo_command)
    core.cli.cli.add_command(core.hall_tls.cli.hall_certificate)
    core.cli.cli.add_command(core.second_factor.commands.cli)
    core.cli.cli.add_command(core.outside_sign_in.commands.cli)
    for command in (
        core.backup.commands.backup,
        core.backup.commands.backup_verify,
        core.backup.commands.restore_command,
        core.operating.commands.accounts_command,
        core.operating.commands.password_command,
        core.operating.commands.batches_command,
        core.operating.commands.audit_command,
    ):
        core.cli.cli.add_command(command)
    for group in (core.cli.cli, competitions_cli, scoring_cli, certificates_cli):
        app.cli.add_command(group)


def _course_facts(competition_id: int) -> CourseFacts:
    """What marking and certificates know of a competition's course, joined."""
    return scoring.course.facts(competition_id).joined(certificates.course.facts(competition_id))


def _moment(value: datetime | None) -> str:
    return format_datetime(value, "yyyy-MM-dd HH:mm") if value else ""


def _to_the_second(value: datetime | None) -> str:
    return format_datetime(value, "yyyy-MM-dd HH:mm:ss") if value else ""


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _version_of(app: Flask) -> Any:
    """Give every static file's address the digest of its content, so that it can be kept for a year."""
    digests: dict[str, str] = {}

    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        name = values.get("filename")
        if endpoint != "static" or not name or "v" in values:
            return
        if name not in digests or app.debug:
            path = Path(app.static_folder or "") / name
            digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
        values["v"] = digests[name]

    return add_version
