"""The form with which a signing key is registered."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class TokenKeyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Whose a key on the token is, and what it is called there."""

    body = StringField(
        _l("颁发单位"),
        [InputRequired(_l("请填写颁发单位")), Length(max=120)],
        id="token-body",
        render_kw={"list": "issuers"},
    )
    key_label = StringField(
        _l("私钥的标签"), [InputRequired(_l("请填写签名介质里私钥的标签")), Length(max=120)], id="token-key-label"
    )
    gives_credentials = BooleanField(_l("颁证时同时生成数字凭证（Open Badges 3.0）"), id="token-gives-credentials")


class KeyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A key file, whose it is, and its password, which is never shown again."""

    body = StringField(
        _l("颁发单位"), [InputRequired(_l("请填写颁发单位")), Length(max=120)], render_kw={"list": "issuers"}
    )
    file = FileField(_l("签名文件"), [FileRequired(_l("请选择文件"))])
    password = PasswordField(_l("签名文件的密码"), [Length(max=200)])
    gives_credentials = BooleanField(_l("颁证时同时生成数字凭证（Open Badges 3.0）"))
