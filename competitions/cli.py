"""Commands of the competitions package."""

from flask.cli import AppGroup

cli = AppGroup("competitions", help="竞赛、报名与抽签。")
