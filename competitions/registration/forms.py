"""Forms of registration: a workbook, the word on its preview, an entrant's status."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms.validators import Length

from competitions.labels import STATUS_NAMES


class RosterForm(FlaskForm):  # type: ignore[misc]
    """A registration workbook."""

    file = FileField(_l("报名表（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])


class TakeInForm(FlaskForm):  # type: ignore[misc]
    """The organiser's word on a preview."""

    leaves_out_wrong = BooleanField()
    levels_seen = StringField(validators=[Length(max=64)])
    submit = SubmitField(_l("导入"))


class StatusForm(FlaskForm):  # type: ignore[misc]
    """Another status of an entrant."""

    status = SelectField(
        _l("参赛状态"), choices=[SelectChoice(status.value, name) for status, name in STATUS_NAMES.items()]
    )
    reason = StringField(_l("理由"), [Length(max=300)])
