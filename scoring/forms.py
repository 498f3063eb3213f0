"""Forms of the marking pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length


class ReasonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A reason for the record; whether it is needed is the state machine's word."""

    reason = StringField(_l("理由"), [Length(max=500)])


class SchemeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A scheme file to be read and adopted."""

    file = FileField(
        _l("评分方案文件"),
        [FileRequired(_l("请选择文件")), FileAllowed(["yaml", "yml", "xlsx"], _l("只接受 YAML 或 XLSX 文件"))],
    )


class ExternalForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A list of marks from outside."""

    file = FileField(
        _l("成绩名单"),
        [FileRequired(_l("请选择文件")), FileAllowed(["csv", "xlsx"], _l("只接受 CSV 或 XLSX 文件"))],
    )


class ComputeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A further computation of a result, with its reason."""

    reason = StringField(_l("重新计算的理由"), [Length(max=500)])


class PublishForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Publishing a snapshot; an override wants its reason."""

    is_final = BooleanField(_l("作为最终成绩"))
    override_reason = TextAreaField(_l("仍要发布的理由"), [Length(max=500)])
