"""The form of a draw."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competitions.forms import number_or_none


class DrawForm(FlaskForm):  # type: ignore[misc]
    """One draw."""

    witness = StringField(_l("监督人"), [InputRequired(_l("请填写在场监督人的姓名")), Length(max=80)])
    called_out = StringField(
        _l("现场报数"), [InputRequired(_l("请填写领队或见证人现场报的数，至少一个")), Length(max=300)]
    )
    stations = IntegerField(_l("同时上场的工位数"), [Optional(), NumberRange(1, 999, _l("应为 1 到 999"))])
    spread = BooleanField(_l("同一代表队的选手尽量错开"))
    reason = StringField(_l("重抽理由"), [Length(max=300)])
    earlier = HiddenField(filters=[number_or_none])
