"""Forms of flags: a decision about several, and which paper as what file."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import AnyOf

from certificates.forms import REASON
from certificates.models import FlagState


class FlagDecisionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A decision about the chosen flags."""

    flags = SelectMultipleField(coerce=int, validate_choice=False)
    state = StringField(validators=[AnyOf([state.value for state in FlagState])])
    reason = StringField(_l("理由"), [REASON])


class PapersForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which paper, as what file, and whether document numbers stand on it in full."""

    benefit = StringField()
    form = StringField()
    numbers = StringField()
