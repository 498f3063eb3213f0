"""The form of an issue's terms."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from certificates.forms import DayField
from certificates.issue.values import Terms, Wording


class IssueForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The terms of an issue. It is filled from the address for a preview, and posted to issue."""

    layout = SelectField(_l("版式"))
    pattern = StringField(_l("编号规则"), [InputRequired(_l("请填写编号规则")), Length(max=80)])
    issuers = StringField(_l("落款单位"), [InputRequired(_l("请填写落款单位")), Length(max=200)])
    issued_on = DayField(
        _l("落款日期"),
        [InputRequired(_l("请填写落款日期，如 2026-10-20"))],
        refusal=_l("请填写落款日期，如 2026-10-20"),
    )
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
