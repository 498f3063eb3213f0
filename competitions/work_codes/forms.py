"""Forms of work codes: who keeps the layers, who handed in no work, which work is lost, a layer drawn, one opened."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from competitions.labels import STATUS_NAMES
from competitions.work_codes.missing import MISSING_AS


class LayersForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The login names of up to three custodians, the one next to the contestants first."""

    first = StringField(_l("第 1 层保管人"), [Length(max=80)])
    second = StringField(_l("第 2 层保管人"), [Length(max=80)])
    third = StringField(_l("第 3 层保管人"), [Length(max=80)])


class DrawLayerForm(FlaskForm):  # type: ignore[misc]
    """The draw of a layer."""

    witness = StringField(_l("监督人"), [InputRequired(_l("请填写在场监督人的姓名")), Length(max=80)])
    called_out = StringField(
        _l("现场报数"), [InputRequired(_l("请填写监督人或见证人现场报的数，至少一个")), Length(max=300)]
    )


class MissingWorksForm(FlaskForm):  # type: ignore[misc]
    """As what those are entered who handed in no work, and why; the boxes are the page's own."""

    status = SelectField(_l("登记为"), choices=[SelectChoice(one.value, STATUS_NAMES[one]) for one in MISSING_AS])
    reason = StringField(_l("理由"), [Length(max=300)], default=_l("没有交作品"))


class LostWorkForm(FlaskForm):  # type: ignore[misc]
    """Which coded work is not there, or is there again, and why; the page names the works."""

    work = SelectField(
        _l("作品编码"), [NumberRange(1, message=_l("请选择作品编码"))], coerce=int, validate_choice=False
    )
    found = HiddenField()
    reason = StringField(_l("理由"), [Length(max=300)])


class OpenLayerForm(FlaskForm):  # type: ignore[misc]
    """The opening of a layer."""

    supervisor = StringField(_l("监督人"), [InputRequired(_l("请填写在场监督人的姓名")), Length(max=80)])
