"""Forms of archives: a passphrase to go out with, a file and a passphrase to come in with."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, PasswordField
from wtforms.validators import EqualTo, Length, Optional


class ExportForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Whether personal data go along, and under which passphrase."""

    with_personal = BooleanField(_l("一并导出证件号码、电话和选手提交的材料（用口令加密）"))
    with_certificates = BooleanField(_l("一并放入颁发的证书文件（PDF）"), default=True)
    passphrase = PasswordField(_l("口令"), [Length(max=200)])
    again = PasswordField(_l("再输一遍"), [EqualTo("passphrase", _l("两遍口令不一样"))])


class ImportForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """An archive to take in."""

    file = FileField(_l("存档文件（.zip）"), [FileRequired(_l("请选择文件"))])
    passphrase = PasswordField(_l("口令（存档含加密的个人信息时填写）"), [Optional(), Length(max=200)])
