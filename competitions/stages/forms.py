"""Forms of stages: an event's place among them, one more after an event, one that was not held."""

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


class NextStageForm(FlaskForm):  # type: ignore[misc]
    """One more stage after an event."""

    name = StringField(_l("新阶段的名称"), [Length(max=80)], default="")
    measure = SelectField(
        _l("晋级办法"), choices=[SelectChoice(one.value, _l(name)) for one, name in MEASURE_NAMES.items()]
    )
    value = StringField(_l("晋级线"), [Length(max=20)], default="")


class NotHeldForm(FlaskForm):  # type: ignore[misc]
    """That a stage was not held."""

    reason = StringField(_l("没有举行的理由"), [Length(max=300)], default="")
