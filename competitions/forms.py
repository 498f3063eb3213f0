"""Forms of this package's pages, and the one place where a refused use case is shown in its form."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from competitions.labels import FORM_NAMES, KIND_NAMES, LEVEL_NAMES, LEVEL_OF_SKILL, STATUS_NAMES
from competitions.standards.regions import region_code, region_label
from core.errors import DomainError
from core.i18n import sentence
from core.permissions import ROLE_NAMES, Role


def accepted(form: Any, act: Callable[[], object]) -> bool:
    """Whether a posted form is in order and its use case was not refused; a refusal stands above the form.

    What the person has typed stays in the form either way.
    """
    if not form.validate_on_submit():
        return False
    try:
        act()
    except DomainError as error:
        if error.status not in (409, 422):
            raise
        form.form_errors.append(sentence(error))
        return False
    return True


def _levels() -> list[SelectChoice]:
    return [SelectChoice("", _l("未定"))] + [SelectChoice(str(level), name) for level, name in LEVEL_OF_SKILL.items()]


def _number(text: str | None) -> int | None:
    return int(text) if text else None


class RegionField(StringField):  # type: ignore[misc]  # wtforms has no types
    """A region, by name or code; the page shows both, the use case gets the code. Give it `list="regions"`."""

    def _value(self) -> str:
        return region_label(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was written, as a code where it is a region; anything else stays for the person to mend."""
        written = valuelist[0].strip() if valuelist else ""
        self.data = region_code(written) or written

    def pre_validate(self, _form: object) -> None:
        """Refuse what is no region."""
        if self.data and region_code(self.data) is None:
            raise ValidationError(_l("没有这个地区：请从列表里选，或填六位区划代码"))


class ProgrammeForm(PlainForm):  # type: ignore[misc]  # wtforms has no types
    """One programme of a competition; a line without a name is not stored."""

    name = StringField(_l("系列赛名称"), [Length(max=120)])
    class_name = StringField(_l("类别"), [Length(max=40)])
    pack_id = StringField(_l("规则包"), [Length(max=120)])
    filed_with = StringField(_l("已备案单位"), [Length(max=200)])


class CompetitionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The facts of a competition."""

    title = StringField(_l("竞赛名称"), [InputRequired(_l("请填写竞赛名称")), Length(max=120)])
    level = SelectField(_l("级别"), choices=[SelectChoice(level.value, name) for level, name in LEVEL_NAMES.items()])
    jurisdiction = RegionField(_l("所在地区"), [InputRequired(_l("请选择所在地区"))])
    host = StringField(_l("主办单位"), [InputRequired(_l("请填写主办单位")), Length(max=300)])
    opens_on = DateField(_l("开始日期"), [InputRequired(_l("请填写开始日期"))])
    closes_on = DateField(_l("结束日期"), [InputRequired(_l("请填写结束日期"))])
    announced_on = DateField(_l("发布通知的日期"), [Optional()])
    appeal_hours = IntegerField(_l("申诉时限（小时）"), [Optional(), NumberRange(0, 9999, _l("应为 0 到 9999"))])
    publicity_working_days = IntegerField(
        _l("成绩公示（工作日）"), [Optional(), NumberRange(0, 9999, _l("应为 0 到 9999"))]
    )
    query_working_days = IntegerField(
        _l("查分期限（工作日）"), [Optional(), NumberRange(0, 9999, _l("应为 0 到 9999"))]
    )
    programmes = FieldList(FormField(ProgrammeForm), max_entries=20)


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
    top_level = SelectField(_l("该职业最高等级"), choices=_levels(), coerce=_number)
    written_at_level = SelectField(_l("命题等级"), choices=_levels(), coerce=_number)
    modules = FieldList(FormField(ModuleForm), max_entries=30)


class RosterForm(FlaskForm):  # type: ignore[misc]
    """A registration workbook."""

    file = FileField(_l("报名表（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])


class TakeInForm(FlaskForm):  # type: ignore[misc]
    """The organiser's word on a preview."""

    leaves_out_wrong = BooleanField()
    levels_seen = StringField(validators=[Length(max=64)])
    submit = SubmitField(_l("导入"))


class StatusForm(FlaskForm):  # type: ignore[misc]
    """Another status of an entrant."""

    status = SelectField(
        _l("参赛状态"), choices=[SelectChoice(status.value, name) for status, name in STATUS_NAMES.items()]
    )
    reason = StringField(_l("理由"), [Length(max=300)])


class DrawForm(FlaskForm):  # type: ignore[misc]
    """One draw."""

    witness = StringField(_l("监督人"), [InputRequired(_l("请填写在场监督人的姓名")), Length(max=80)])
    called_out = StringField(
        _l("现场报数"), [InputRequired(_l("请填写领队或见证人现场报的数，至少一个")), Length(max=300)]
    )
    stations = IntegerField(_l("同时上场的工位数"), [Optional(), NumberRange(1, 999, _l("应为 1 到 999"))])
    spread = BooleanField(_l("同一代表队的选手尽量错开"))
    reason = StringField(_l("重抽理由"), [Length(max=300)])
    earlier = HiddenField(filters=[_number])


class JudgeForm(FlaskForm):  # type: ignore[misc]
    """The facts of a judge."""

    name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=40)])
    unit = StringField(_l("工作单位"), [InputRequired(_l("请填写工作单位，回避按单位核对")), Length(max=120)])
    qualification = StringField(_l("执裁资格"), [Length(max=120)])
    delegation_id = SelectField(_l("来自代表队"), coerce=_number)
    role = SelectField(
        _l("角色"), choices=[SelectChoice(role.value, _l(ROLE_NAMES[role])) for role in (Role.JUDGE, Role.CHIEF_JUDGE)]
    )


class SeatForm(FlaskForm):  # type: ignore[misc]
    """The seats of one panel, seat 1 first."""

    name = StringField(_l("裁判组名称"), [InputRequired(_l("请填写裁判组名称")), Length(max=40)])
    judges = FieldList(SelectField(_l("席位"), coerce=_number), max_entries=31)


class SettleForm(FlaskForm):  # type: ignore[misc]
    """What was decided about a disclosed tie."""

    note = StringField(_l("处理意见"), [Length(max=300)])


def offer_line(lines: Any) -> None:
    """Have an empty line at the end of a list of lines, for one more."""
    is_open = not lines.entries or any(value not in (None, "") for value in lines.entries[-1].form.data.values())
    if is_open and len(lines) < lines.max_entries:
        lines.append_entry()


class DeviationForm(FlaskForm):  # type: ignore[misc]
    """Which deviation may stand, as the person saw it, and why."""

    event_id = IntegerField(validators=[InputRequired()])
    pack_id = StringField(validators=[InputRequired()])
    dimension = StringField(validators=[InputRequired()])
    wanted = StringField(validators=[InputRequired()])
    found = StringField()
    reason = StringField(_l("理由"), [Length(max=500, message=_l("最多 500 字"))])
