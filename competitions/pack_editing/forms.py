"""Forms of the pages of own rule files; the parts of a file themselves are described in `outline`."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length


class NewPackForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A new rule file."""

    owner = StringField(_l("属于哪个单位"), [InputRequired(_l("请填写这份规则属于哪个单位")), Length(max=120)])
    title = StringField(_l("规则的名称"), [Length(max=200)])
    organisation = SelectField(_l("办赛单位"), validate_choice=False)
    copy_of = SelectField(_l("从哪份开始"), validate_choice=False)
    file = FileField(_l("或者从 YAML 文件开始"))


class HandOverForm(FlaskForm):  # type: ignore[misc]
    """The draft as a version."""

    revision = IntegerField(validators=[InputRequired()])
    reason = StringField(_l("为什么有这一版"), [InputRequired(_l("请写明理由，理由将随规则留存")), Length(max=500)])


class ReadInForm(FlaskForm):  # type: ignore[misc]
    """A YAML file in place of the draft."""

    revision = IntegerField(validators=[InputRequired()])
    file = FileField(_l("YAML 文件"), [FileRequired(_l("请选择文件"))])


class DecideForm(FlaskForm):  # type: ignore[misc]
    """A decision about a version."""

    verdict = StringField(validators=[InputRequired()])
    is_compared = BooleanField(_l("我已将这一版与所引文件的原文逐条核对"))
    reason = StringField(_l("理由"), [InputRequired(_l("请写明理由，理由将随规则留存")), Length(max=500)])
