"""Forms of awards, flags, issue, verification and contestants' pages."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from certificates.issue.values import Terms, Wording
from certificates.models import FlagState

REASON = Length(max=500, message=_l("最多 500 字"))


class TieForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The prize for somebody tied on a cut line, and why."""

    prize = SelectField(_l("奖项"), validate_choice=False)
    reason = StringField(_l("理由"), [REASON])


class FlagDecisionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A decision about the chosen flags."""

    flags = SelectMultipleField(coerce=int, validate_choice=False)
    state = StringField(validators=[AnyOf([state.value for state in FlagState])])
    reason = StringField(_l("理由"), [REASON])


class TextForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A few sentences: an objection, its answer, a reason."""

    text = TextAreaField(_l("内容"), [Length(max=2000, message=_l("最多 2000 字"))])


class DayField(DateField):  # type: ignore[misc]  # wtforms has no types
    """A date whose fault is told in the visitor's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day as YYYY-MM-DD."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写落款日期，如 2026-10-20")) from None


class IssueForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The terms of an issue. It is filled from the address for a preview, and posted to issue."""

    layout = SelectField(_l("版式"))
    pattern = StringField(_l("编号规则"), [InputRequired(_l("请填写编号规则")), Length(max=80)])
    issuers = StringField(_l("落款单位"), [InputRequired(_l("请填写落款单位")), Length(max=200)])
    issued_on = DayField(_l("落款日期"), [InputRequired(_l("请填写落款日期，如 2026-10-20"))])
    citation = StringField(_l("表彰语"), [InputRequired(_l("请填写表彰语")), Length(max=60)])
    honorific = StringField(_l("称谓"), [Optional(), Length(max=10)])
    key = SelectField(_l("数字签名"))
    prizes = SelectMultipleField(_l("奖项"), validate_choice=False)
    early_reason = StringField(_l("仍要颁发的理由"), [Optional(), Length(max=300)])

    def terms(self) -> Terms:
        """What was chosen."""
        issuers = tuple(name.strip() for name in (self.issuers.data or "").split("、") if name.strip())
        day = self.issued_on.data
        assert isinstance(day, date)  # noqa: S101  the form is valid
        return Terms(
            layout=self.layout.data,
            pattern=self.pattern.data.strip(),
            wording=Wording(issuers, day, self.citation.data.strip()),
            honorific=(self.honorific.data or "").strip(),
            key_id=int(self.key.data) if self.key.data else None,
        )


class VerifyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The code that stands on a certificate."""

    code = StringField(_l("核验码"), [InputRequired(_l("请填写证书上的核验码")), Length(max=60)])


class NameForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The holder's name, as the visitor knows it."""

    name = StringField(_l("持证人姓名"), [InputRequired(_l("请填写姓名")), Length(max=60)])


class ContestantForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Document number and access code."""

    document = StringField(_l("证件号码"), [InputRequired(_l("请填写证件号码")), Length(max=40)])
    code = StringField(_l("查询码"), [InputRequired(_l("请填写查询码")), Length(max=20)])


class PapersForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which paper, as what file, and whether document numbers stand on it in full."""

    benefit = StringField()
    form = StringField()
    numbers = StringField()


class LevelsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A workbook of issued level certificates."""

    file = FileField(_l("等级证书名单（.xlsx 或 .csv）"), [FileRequired(_l("请选择文件"))])
