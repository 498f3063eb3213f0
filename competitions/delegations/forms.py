"""Forms of delegations and their leaders."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from competitions.forms import RegionField


class DelegationsForm(FlaskForm):  # type: ignore[misc]
    """New delegations, one a line."""

    names = TextAreaField(_l("代表队名称，一行一个"), [InputRequired(_l("请填写代表队名称")), Length(max=5000)])


class DelegationForm(FlaskForm):  # type: ignore[misc]
    """Name and home of one delegation."""

    name = StringField(_l("名称"), [InputRequired(_l("请填写名称")), Length(max=80)])
    home = RegionField(_l("所在地区"), [Length(max=40)])


class LeaderForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The login name of a delegation's leader."""

    username = StringField(_l("领队的登录名"), [InputRequired(_l("请填写登录名")), Length(max=80)])
