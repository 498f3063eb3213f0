"""What forms of all rooms share, the one place where a refused use case is shown in its form; a competition's own."""

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, FieldList, FormField, IntegerField, SelectChoice, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from competitions.labels import LEVEL_NAMES, LEVEL_OF_SKILL
from competitions.standards.regions import region_code, region_label
from core.errors import DomainError
from core.i18n import sentence


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


def offer_line(lines: Any) -> None:
    """Have an empty line at the end of a list of lines, for one more."""
    is_open = not lines.entries or any(value not in (None, "") for value in lines.entries[-1].form.data.values())
    if is_open and len(lines) < lines.max_entries:
        lines.append_entry()


def level_choices() -> list[SelectChoice]:
    """The skill levels to choose from, none of them first."""
    return [SelectChoice("", _l("未定"))] + [SelectChoice(str(level), name) for level, name in LEVEL_OF_SKILL.items()]


def number_or_none(text: str | None) -> int | None:
    """What a choice that may be empty stands for."""
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

    organisation = SelectField(_l("办赛单位"), validate_choice=False)
    """Asked only for a new competition, and where there is something to choose."""
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
