"""Forms of the pages that everybody meets: signing in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """User name and password."""

    username = StringField(_l("登录名"), [InputRequired(_l("请填写登录名")), Length(max=80)])
    password = PasswordField(_l("密码"), [InputRequired(_l("请填写密码")), Length(max=200)])
    submit = SubmitField(_l("登录"))


class PinForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The PIN that belongs to a judge's link; links of competitions without PINs leave it empty."""

    pin = StringField("PIN", [Length(max=20)])
    submit = SubmitField(_l("在这台设备上开始评分"))
