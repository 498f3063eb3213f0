"""Forms of sign-in by way of another house."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from core.outside_sign_in.tokens import MOST_SUBJECT

AS_WRITTEN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SubjectForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Who an account is in the other house, exactly as it is called there."""

    subject = StringField(
        _l("统一身份认证给出的标识（sub）"),
        [InputRequired(_l("请填写标识")), Length(max=MOST_SUBJECT)],
        render_kw=AS_WRITTEN,
    )
