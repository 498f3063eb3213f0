"""Forms of own templates."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A template and why it is used from now on."""

    file = FileField(_l("模板（.docx 或 .xlsx）"), [FileRequired(_l("请选择模板文件"))])
    reason = StringField(_l("理由"), [InputRequired(_l("请写明更换式样的理由，如主管机关的通知")), Length(max=300)])


class ReturnForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Why the built-in form is used again."""

    form = StringField()
    reason = StringField(_l("理由"), [Length(max=300)])
