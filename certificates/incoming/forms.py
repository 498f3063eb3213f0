"""Forms of workbooks that come back."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A workbook to look at."""

    file = FileField(_l("填好的表（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])


class TakeInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The organiser's word on a preview."""

    leaves_out_wrong = BooleanField()
