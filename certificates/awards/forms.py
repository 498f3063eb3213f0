"""The form of a tie on a cut line."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from certificates.forms import REASON


class TieForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The prize for somebody tied on a cut line, and why."""

    prize = SelectField(_l("奖项"), validate_choice=False)
    reason = StringField(_l("理由"), [REASON])
