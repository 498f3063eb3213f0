"""Forms of online registration: its periods, a person, a workbook, the signature, a return."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competitions.enrolment.models import EnrolmentEntry, Part
from competitions.enrolment.reading import Stated
from competitions.labels import LEVEL_OF_SKILL
from competitions.models import Event
from competitions.roster import Field, RosterValues
from competitions.roster.facts import UnitNature
from competitions.roster.findings import Finding
from core.clock import BEIJING
from core.i18n import translated
from core.identity import DocumentKind, Sex

_WHETHER = [SelectChoice("", _l("不填")), SelectChoice("yes", _l("是")), SelectChoice("no", _l("否"))]


_WORDS: Mapping[Field, type[StrEnum]] = {
    Field.ID_KIND: DocumentKind,
    Field.SEX: Sex,
    Field.UNIT_NATURE: UnitNature,
}
"""Fields whose words are chosen by name, for the words are Chinese in every language."""
_NOT_KEPT = {"autocomplete": "off"}
"""Browsers on shared machines keep no list of other people's names and numbers."""


class BeijingField(DateTimeLocalField):  # type: ignore[misc]  # wtforms has no types
    """A moment, typed and shown in Beijing time; `data` is aware, or None."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **more)

    def process_data(self, value: datetime | None) -> None:
        """A stored moment, as the clock in Beijing shows it."""
        super().process_data(value.astimezone(BEIJING) if value else None)

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was typed, taken as Beijing time."""
        super().process_formdata(valuelist)
        typed: datetime | None = self.__dict__.get("data")
        self.data = typed.replace(tzinfo=BEIJING) if typed else None


class EventPeriodForm(PlainForm):  # type: ignore[misc]
    """Times and quota of one event."""

    event_id = HiddenField()
    opens_at = BeijingField(_l("开始"))
    closes_at = BeijingField(_l("截止"))
    most = IntegerField(_l("每队名额"), [Optional(), NumberRange(1, 999, _l("应为 1 到 999"))])


class PeriodsForm(FlaskForm):  # type: ignore[misc]
    """When registration is open, for all and for single events."""

    opens_at = BeijingField(_l("报名开始（北京时间）"))
    closes_at = BeijingField(_l("报名截止（北京时间）"))
    events = FieldList(FormField(EventPeriodForm))


class ExtensionForm(FlaskForm):  # type: ignore[misc]
    """More time for one delegation; empty takes it back."""

    closes_at = BeijingField(_l("延长到（北京时间）"))


class EntryForm(FlaskForm):  # type: ignore[misc]
    """One person whom a delegation enters. What a field may hold is for the reader of workbooks to say."""

    event_id = SelectField(_l("参赛赛项"), coerce=int)
    team = IntegerField(_l("第几队"), [Optional(), NumberRange(1, 999, _l("应为 1 到 999"))], default=1)
    name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=80)], render_kw=_NOT_KEPT)
    id_kind = SelectField(
        _l("证件类型"),
        choices=[SelectChoice(kind.name, _l(kind.value)) for kind in DocumentKind],
        default=DocumentKind.RESIDENT_CARD.name,
    )
    id_number = StringField(_l("证件号码"), [Length(max=40)], render_kw=_NOT_KEPT)
    sex = SelectField(
        _l("性别"),
        choices=[SelectChoice("", _l("按身份证号码"))] + [SelectChoice(sex.name, _l(sex.value)) for sex in Sex],
        default="",
    )
    birth = DateField(_l("出生日期"), [Optional()])
    unit = StringField(_l("工作单位"), [Length(max=120)])
    level = SelectField(
        _l("现技能等级"),
        choices=[SelectChoice("", _l("没有"))]
        + [SelectChoice(str(level), name) for level, name in LEVEL_OF_SKILL.items()],
        default="",
    )
    phone = StringField(_l("联系电话"), [Length(max=40)], render_kw=_NOT_KEPT | {"inputmode": "tel"})
    unit_nature = SelectField(
        _l("单位性质"),
        choices=[SelectChoice("", _l("不填"))] + [SelectChoice(one.name, _l(one.value)) for one in UnitNature],
        default="",
    )
    is_rural_migrant = SelectField(_l("是否农民工"), choices=_WHETHER, default="")
    is_new_employment = SelectField(_l("是否新就业形态劳动者"), choices=_WHETHER, default="")
    revision = HiddenField(default="0")

    def offer(self, events: Iterable[Event], part: Part) -> None:
        """Let an event be chosen; leaders and coaches may come for none."""
        none = [] if part is Part.CONTESTANT else [SelectChoice(0, _l("不限赛项"))]
        self.event_id.choices = none + [SelectChoice(event.id, translated(event.title)) for event in events]

    def stated(self, part: Part) -> Stated:
        """What was typed."""
        texts = {of: self._text(of) for of in Field if of.value in self._fields}
        return Stated(part, texts, self.event_id.data or None, self.team.data or 1)

    def _text(self, of: Field) -> str:
        value = self._fields[of.value].data
        if of in _WORDS and value:
            return _WORDS[of][value].value
        return value.isoformat() if isinstance(value, date) else str(value or "")

    def blame(self, findings: Iterable[Finding]) -> None:
        """Put what is wrong beside its field."""
        for one in findings:
            field = self._fields.get(one.field.value)
            if field is None:
                self.form_errors.append(translated(one.message))
            else:
                field.errors = [*field.errors, translated(one.message)]


def as_typed(entry: EnrolmentEntry, values: RosterValues) -> dict[str, Any]:
    """A stored person as the form shows it; the document's number is never shown again."""
    return {
        "event_id": entry.event_id or 0,
        "team": entry.team,
        "name": values.name,
        "id_kind": _chosen(Field.ID_KIND, values.id_kind),
        "sex": _chosen(Field.SEX, values.sex),
        "birth": values.birth,
        "unit": values.unit,
        "level": str(values.level or ""),
        "phone": values.phone,
        "unit_nature": _chosen(Field.UNIT_NATURE, values.unit_nature),
        "is_rural_migrant": _whether(values.is_rural_migrant),
        "is_new_employment": _whether(values.is_new_employment),
        "revision": str(entry.revision),
    }


def _chosen(of: Field, word: str | None) -> str:
    return _WORDS[of](word).name if word else ""


def _whether(stated: bool | None) -> str:
    return "" if stated is None else "yes" if stated else "no"


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A delegation's workbook."""

    file = FileField(_l("报名表（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])
    leaves_out_wrong = BooleanField(_l("有错误的行先不要，其余的存为草稿"))


class HandInForm(FlaskForm):  # type: ignore[misc]
    """The signature under a list."""

    signer = StringField(_l("报送人姓名"), [InputRequired(_l("请填写报送人的姓名，作为签名")), Length(max=40)])
    seen = HiddenField()


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """Why a person is given back."""

    reason = TextAreaField(_l("理由（单位会看到）"), [InputRequired(_l("请写明理由")), Length(max=500)])
    revision = HiddenField()
