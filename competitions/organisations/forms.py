"""Forms of the pages of organisations."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from competitions.colleagues.naming import NAMEABLE
from core.organisations.keeping import LONGEST_NAME, LONGEST_SHORT
from core.permissions import ROLE_NAMES


class NamesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What an organisation is called."""

    name = StringField(_l("单位名称"), [InputRequired(_l("请填写单位名称")), Length(max=LONGEST_NAME)])
    short_name = StringField(_l("简称"), [Length(max=LONGEST_SHORT)])


class AdminForm(FlaskForm):  # type: ignore[misc]
    """Who shall run it."""

    username = StringField(_l("管理员的登录名"), [InputRequired(_l("请填写登录名")), Length(max=80)])


class BelongingForm(FlaskForm):  # type: ignore[misc]
    """A competition that shall be its."""

    competition = SelectField(_l("竞赛"))


class StaffGrantForm(FlaskForm):  # type: ignore[misc]
    """A role in one of the organisation's competitions."""

    role = SelectField(_l("角色"), choices=[SelectChoice(role.value, _l(ROLE_NAMES[role])) for role in NAMEABLE])
    competition = SelectField(_l("竞赛"))
