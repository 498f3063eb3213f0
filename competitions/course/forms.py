"""The form of a move."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class MoveForm(FlaskForm):  # type: ignore[misc]
    """A move of the course; the reason is asked for on the way back."""

    target = StringField(validators=[InputRequired()])
    reason = StringField(_l("理由"), [Length(max=500)])
