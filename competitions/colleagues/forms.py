"""The form by which an organiser names a colleague."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from competitions.colleagues.naming import NAMEABLE
from core.permissions import ROLE_NAMES


class ColleagueForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A login name and what the person shall be here."""

    username = StringField(_l("同事的登录名"), [InputRequired(_l("请填写登录名")), Length(max=80)])
    role = SelectField(_l("角色"), choices=[SelectChoice(role.value, _l(ROLE_NAMES[role])) for role in NAMEABLE])
