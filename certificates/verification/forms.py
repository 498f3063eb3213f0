"""Forms by which anybody verifies a certificate."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class VerifyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The code that stands on a certificate."""

    code = StringField(_l("核验码"), [InputRequired(_l("请填写证书上的核验码")), Length(max=60)])


class NameForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The holder's name, as the visitor knows it."""

    name = StringField(_l("持证人姓名"), [InputRequired(_l("请填写姓名")), Length(max=60)])
