"""The form by which a contestant signs in."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class ContestantForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Document number and access code."""

    document = StringField(_l("证件号码"), [InputRequired(_l("请填写证件号码")), Length(max=40)])
    code = StringField(_l("查询码"), [InputRequired(_l("请填写查询码")), Length(max=20)])
