"""Commands of the scoring package."""

from flask.cli import AppGroup

cli = AppGroup("scoring", help="评分与排名。")
