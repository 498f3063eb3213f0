"""Forms of the second factor."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

MOST_TYPED = 40
AS_CODE = {"autocomplete": "one-time-code", "maxlength": MOST_TYPED, "spellcheck": "false"}


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A code, of the phone or a recovery code."""

    code = StringField(
        _l("动态码或恢复码"), [InputRequired(_l("请填写动态码")), Length(max=MOST_TYPED)], render_kw=AS_CODE
    )


class BeginForm(FlaskForm):  # type: ignore[misc]
    """The present password, and a code where a phone is in force."""

    present = PasswordField(
        _l("现在的密码"),
        [InputRequired(_l("请填写现在的密码")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(_l("动态码或恢复码"), [Length(max=MOST_TYPED)], render_kw=AS_CODE)


class ResetForm(FlaskForm):  # type: ignore[misc]
    """Why a second factor is reset."""

    reason = StringField(_l("重置的原因"), [InputRequired(_l("请写明重置的原因")), Length(max=300)])
