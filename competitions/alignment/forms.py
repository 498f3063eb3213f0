"""The form by which a deviation from a rule pack is let stand."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    IntegerField,
    StringField,
)
from wtforms.validators import InputRequired, Length


class DeviationForm(FlaskForm):  # type: ignore[misc]
    """Which deviation may stand, as the person saw it, and why."""

    event_id = IntegerField(validators=[InputRequired()])
    pack_id = StringField(validators=[InputRequired()])
    dimension = StringField(validators=[InputRequired()])
    wanted = StringField(validators=[InputRequired()])
    found = StringField()
    reason = StringField(_l("理由"), [Length(max=500, message=_l("最多 500 字"))])
