"""The form of a workbook of level certificates."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class LevelsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A workbook of issued level certificates."""

    file = FileField(_l("等级证书名单（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])
