"""The blueprint of this package's pages."""

from flask import Blueprint

bp = Blueprint("competitions", __name__)
