"""Forms of an event: its facts, its modules, its prizes."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectChoice, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from competitions.forms import level_choices, number_or_none
from competitions.labels import FORM_NAMES, KIND_NAMES


class ModuleForm(PlainForm):  # type: ignore[misc]
    """One module of an event; a line without code and name is not stored."""

    code = StringField(_l("代号"), [Length(max=20)])
    name = StringField(_l("名称"), [Length(max=80)])
    kind = SelectField(_l("成绩来源"), choices=[SelectChoice(kind.value, name) for kind, name in KIND_NAMES.items()])
    weight = StringField(_l("权重（%）"), [Optional(), Regexp(r"^\d{1,3}(\.\d{1,4})?$", message=_l("权重是数字"))])


class PrizeForm(PlainForm):  # type: ignore[misc]
    """One prize: so many places, or so large a part of the field; a line without a name is not stored."""

    name = StringField(_l("奖项"), [Length(max=40)])
    measure = SelectField(
        _l("按"),
        choices=[
            SelectChoice("number", _l("名额")),
            SelectChoice("share", _l("比例 %")),
            SelectChoice("up_to_share", _l("累计比例 %")),
        ],
    )
    value = StringField(_l("数量"), [Optional(), Regexp(r"^\d{1,4}(\.\d{1,4})?$", message=_l("请填数字"))])


class PrizesForm(FlaskForm):  # type: ignore[misc]
    """The prizes of an event."""

    prizes = FieldList(FormField(PrizeForm), max_entries=12)
    rounding = SelectField(
        _l("比例折成名额时"),
        choices=[
            SelectChoice("down", _l("舍去小数")),
            SelectChoice("half_up", _l("四舍五入")),
            SelectChoice("up", _l("有小数就进一")),
        ],
    )
    tie = SelectField(
        _l("分界处并列"),
        choices=[
            SelectChoice("hold", _l("留给组织者决定")),
            SelectChoice("include_all", _l("并列的都给高一等")),
            SelectChoice("exclude", _l("并列的都给低一等")),
        ],
    )
    minimum = IntegerField(_l("不足多少人不评奖"), [Optional(), NumberRange(0, 9999, _l("应为 0 到 9999"))])


class EventForm(PrizesForm):
    """The facts of an event, its modules and its prizes."""

    name = StringField(_l("赛项名称"), [InputRequired(_l("请填写赛项名称")), Length(max=80)])
    group_name = StringField(_l("组别"), [InputRequired(_l("请填写组别，如职工")), Length(max=40)], default="职工")
    form = SelectField(_l("参赛形式"), choices=[SelectChoice(form.value, name) for form, name in FORM_NAMES.items()])
    is_demonstration = BooleanField(_l("演示赛项（只评分，不评奖）"))
    occupation_edition = StringField(_l("职业分类大典版本"), [Length(max=20)])
    occupation_code = StringField(
        _l("职业编码"), [Optional(), Regexp(r"^[\d-]{1,20}$", message=_l("职业编码形如 6-18-02-04"))]
    )
    occupation_direction = StringField(_l("职业方向"), [Length(max=80)])
    top_level = SelectField(_l("该职业最高等级"), choices=level_choices(), coerce=number_or_none)
    written_at_level = SelectField(_l("命题等级"), choices=level_choices(), coerce=number_or_none)
    modules = FieldList(FormField(ModuleForm), max_entries=30)
