"""The form of a draw of judges."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competitions.forms import number_or_none
from competitions.judge_draws.drawing import LONGEST_REASON
from competitions.judge_draws.places import MOST_PANELS, MOST_SEATS, Size

JOINT, EACH = "joint", "each"
EMPTY, ALL = "empty", "all"


class ModuleLine(PlainForm):  # type: ignore[misc]  # wtforms has no types
    """One module: whether it is drawn, how many panels, and how many judges where no scheme says."""

    module = HiddenField(filters=[number_or_none])
    is_drawn = BooleanField(_l("抽这个模块"))
    panels = IntegerField(
        _l("裁判组数"),
        [Optional(), NumberRange(1, MOST_PANELS, _l("应为 1 到 %(most)s", most=MOST_PANELS))],
    )
    seats = IntegerField(
        _l("每组人数"), [Optional(), NumberRange(1, MOST_SEATS, _l("应为 1 到 %(most)s", most=MOST_SEATS))]
    )


class JudgeDrawForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """One draw of judges."""

    modules = FieldList(FormField(ModuleLine))
    how = SelectField(
        _l("几个模块时"),
        choices=[SelectChoice(EACH, _l("各模块分别抽")), SelectChoice(JOINT, _l("同一组裁判评所选的各模块"))],
    )
    range = SelectField(
        _l("抽哪些席位"),
        choices=[
            SelectChoice(EMPTY, _l("只抽空席，已坐的不动")),
            SelectChoice(ALL, _l("全部重新抽，已坐的先撤下")),
        ],
    )
    apart = BooleanField(_l("同一单位的裁判不进同一组"))
    one_only = BooleanField(_l("一名裁判只坐一个席位"))
    chiefs = BooleanField(_l("裁判长也参加抽签"))
    left_out = SelectMultipleField(_l("不参加"), coerce=int)
    left_out_reason = StringField(_l("有裁判不参加的理由"), [Length(max=LONGEST_REASON)])
    witness = StringField(_l("监督人"), [InputRequired(_l("请填写在场监督人的姓名")), Length(max=80)])
    called_out = StringField(
        _l("现场报数"), [InputRequired(_l("请填写在场裁判或见证人报的数，至少一个")), Length(max=300)]
    )
    reason = StringField(_l("再抽的理由"), [Length(max=LONGEST_REASON)])
    earlier = HiddenField(filters=[number_or_none])
    seen = HiddenField()

    def sizes(self) -> Iterator[tuple[int, Size]]:
        """What is asked for of each module that is drawn, by its id."""
        for line in self.modules:
            if line.form.is_drawn.data and line.form.module.data is not None:
                yield line.form.module.data, Size(line.form.panels.data or 1, line.form.seats.data)
