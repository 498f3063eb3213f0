"""The form by which an access token is made."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from core.programs.making import LONGEST_NAME, LONGEST_PURPOSE
from core.programs.scopes import SCOPES


class ProgramForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Which program, what for, what it may read, until when. `seen` is the newest token that the page knew."""

    name = StringField(_l("程序的名称"), [InputRequired(_l("请填写程序的名称")), Length(max=LONGEST_NAME)])
    purpose = StringField(_l("用途"), [InputRequired(_l("请写明用途")), Length(max=LONGEST_PURPOSE)])
    permissions = SelectMultipleField(
        _l("可以做什么"),
        choices=[SelectChoice(scope.permission, _l(scope.name)) for scope in SCOPES],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    last_day = DateField(_l("有效到"), [InputRequired(_l("请填写有效到哪天"))])
    seen = HiddenField()
