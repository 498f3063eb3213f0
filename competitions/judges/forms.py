"""Forms of judges and panels."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length

from competitions.forms import number_or_none
from core.permissions import ROLE_NAMES, Role


class JudgeForm(FlaskForm):  # type: ignore[misc]
    """The facts of a judge."""

    name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=40)])
    unit = StringField(_l("工作单位"), [InputRequired(_l("请填写工作单位，回避按单位核对")), Length(max=120)])
    qualification = StringField(_l("执裁资格"), [Length(max=120)])
    delegation_id = SelectField(_l("来自代表队"), coerce=number_or_none)
    role = SelectField(
        _l("角色"), choices=[SelectChoice(role.value, _l(ROLE_NAMES[role])) for role in (Role.JUDGE, Role.CHIEF_JUDGE)]
    )


class SeatForm(FlaskForm):  # type: ignore[misc]
    """The seats of one panel, seat 1 first."""

    name = StringField(_l("裁判组名称"), [InputRequired(_l("请填写裁判组名称")), Length(max=40)])
    judges = FieldList(SelectField(_l("席位"), coerce=number_or_none), max_entries=31)
    reason = StringField(_l("修改的理由"), [Length(max=300)])


class SettleForm(FlaskForm):  # type: ignore[misc]
    """What was decided about a disclosed tie."""

    note = StringField(_l("处理意见"), [Length(max=300)])
