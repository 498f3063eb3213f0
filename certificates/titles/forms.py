"""The form by which an organiser records one fact about one contestant."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from certificates.forms import DayField
from certificates.titles.models import FactKind, FactSource
from certificates.titles.rows import LONGEST
from certificates.titles.stating import Statement
from certificates.titles.words import KIND_NAMES, SOURCE_NAMES
from competitions.labels import LEVEL_OF_SKILL

_SOURCES = (FactSource.DECLARED, FactSource.RETURNED)
_SHORT = Length(max=LONGEST, message=_l("最多 200 字"))


class FactForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What is stated, and on whose word."""

    kind = SelectField(
        _l("登记什么"), choices=[SelectChoice(kind.value, _l(name)) for kind, name in KIND_NAMES.items()]
    )
    source = SelectField(_l("依据"), choices=[SelectChoice(one.value, _l(SOURCE_NAMES[one])) for one in _SOURCES])
    name = StringField(_l("称号或奖章"), [_SHORT], render_kw={"list": "titles"})
    level = SelectField(_l("晋升到的等级"), default="")
    authority = StringField(_l("授予或发证机关"), [_SHORT])
    document = StringField(_l("文号"), [_SHORT])
    on = DayField(_l("日期"), [Optional()])
    occupation = StringField(_l("赛项或职业"), [_SHORT])
    occupation_code = StringField(_l("职业编码"), [_SHORT])
    stated_by = StringField(_l("谁声明的"), [_SHORT])
    evidence = StringField(_l("凭据"), [_SHORT])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [SelectChoice(str(level), name) for level, name in LEVEL_OF_SKILL.items()]
        self.level.choices = [SelectChoice("", _l("未载明")), *levels]

    def statement(self) -> Statement:
        """What was typed."""
        kind = FactKind(self.kind.data)
        on = self.on.data
        return Statement(
            kind=kind,
            source=FactSource(self.source.data),
            name=(self.level.data if kind is FactKind.PROMOTED else self.name.data) or "",
            authority=self.authority.data or "",
            document=self.document.data or "",
            on=on if isinstance(on, date) else None,
            occupation=self.occupation.data or "",
            occupation_code=self.occupation_code.data or "",
            stated_by=self.stated_by.data or "",
            evidence=self.evidence.data or "",
        )
