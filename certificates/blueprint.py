"""The blueprint of this package's pages."""

from flask import Blueprint

bp = Blueprint("certificates", __name__)
