"""Commands of the certificates package."""

from flask.cli import AppGroup

cli = AppGroup("certificates", help="颁奖、晋级标记与证书。")
