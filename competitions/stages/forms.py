"""The form of one event's place among the stages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import Length

from competitions.forms import number_or_none
from competitions.stages.lines import MEASURE_NAMES, Measure


class StageForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which event comes before, and who goes on from it."""

    follows = SelectField(_l("承接"), coerce=number_or_none)
    measure = SelectField(
        _l("晋级办法"), choices=[SelectChoice(one.value, _l(name)) for one, name in MEASURE_NAMES.items()]
    )
    value = StringField(_l("晋级线"), [Length(max=20)], default="")

    @property
    def chosen(self) -> Measure:
        """The measure that was chosen."""
        return Measure(self.measure.data)
