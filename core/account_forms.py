"""Forms of the pages on accounts."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectChoice, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from core.accounts import MINIMUM_PASSWORD_LENGTH
from core.permissions import ROLE_NAMES, Role
from core.second_factor.forms import AS_CODE, MOST_TYPED

GRANTABLE = (
    Role.ORGANISER,
    Role.CHIEF_JUDGE,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.SYSTEM_ADMIN,
)
WHOLE_SYSTEM = (Role.AUDITOR, Role.SYSTEM_ADMIN)


class AccountForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A new account with its first password."""

    username = StringField(_l("登录名"), [InputRequired(_l("请填写登录名")), Length(max=80)])
    display_name = StringField(_l("姓名"), [InputRequired(_l("请填写姓名")), Length(max=40)])
    password = PasswordField(
        _l("初始密码"),
        [
            InputRequired(_l("请填写密码")),
            Length(MINIMUM_PASSWORD_LENGTH, 200, _l("密码至少 %(min)d 个字符")),
        ],
    )


class GrantForm(FlaskForm):  # type: ignore[misc]
    """A role, in one competition or in the whole system."""

    role = SelectField(_l("角色"), choices=[SelectChoice(role.value, _l(ROLE_NAMES[role])) for role in GRANTABLE])
    competition = SelectField(_l("竞赛"))


class HomeForm(FlaskForm):  # type: ignore[misc]
    """Whose staff an account is."""

    organisation = SelectField(_l("办赛单位"))


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """Another password."""

    password = PasswordField(
        _l("新密码"),
        [
            InputRequired(_l("请填写密码")),
            Length(MINIMUM_PASSWORD_LENGTH, 200, _l("密码至少 %(min)d 个字符")),
        ],
    )


class OwnPasswordForm(FlaskForm):  # type: ignore[misc]
    """Another password for oneself: the present one, and the new one twice, since nobody sees what is typed."""

    present = PasswordField(_l("现在的密码"), [InputRequired(_l("请填写现在的密码")), Length(max=200)])
    password = PasswordField(
        _l("新密码"),
        [
            InputRequired(_l("请填写密码")),
            Length(MINIMUM_PASSWORD_LENGTH, 200, _l("密码至少 %(min)d 个字符")),
        ],
    )
    again = PasswordField(_l("再填一次新密码"), [EqualTo("password", _l("两次填写的新密码不一样"))])
    code = StringField(_l("动态码或恢复码"), [Length(max=MOST_TYPED)], render_kw=AS_CODE)
