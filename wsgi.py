"""The composition root: the only file that knows all packages. Nothing imports it."""

from flask import Flask

from certificates.cli import cli as certificates_cli
from competitions.cli import cli as competitions_cli
from scoring.cli import cli as scoring_cli


def create_app() -> Flask:
    """An application from the settings of the environment."""
    app = Flask(__name__)
    for group in (competitions_cli, scoring_cli, certificates_cli):
        app.cli.add_command(group)
    return app
