"""Forms of handed-in papers."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class HandInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """One file for one item."""

    item = StringField(validators=[InputRequired()])
    file = FileField(_l("扫描件或照片"), [FileRequired(_l("请选择文件"))])


class DecisionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Accepted or refused, why, and in which state it was seen."""

    answer = StringField(validators=[InputRequired()])
    reason = StringField(_l("理由"), [Length(max=300)])
    seen = StringField(validators=[InputRequired()])


class WantedForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A paper that a local notice asks for."""

    benefit = StringField(validators=[InputRequired()])
    item = StringField(_l("材料"), [Length(max=120)])
    source = StringField(_l("依据"), [Length(max=300)])


class SetForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Whether document numbers stand in full on the papers of a set."""

    numbers = StringField()
