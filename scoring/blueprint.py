"""The blueprint of this package's pages."""

from flask import Blueprint

bp = Blueprint("scoring", __name__, url_prefix="/scoring")
C = "/competitions/<int:competition_id>"
