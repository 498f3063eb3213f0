"""Forms of layouts, pictures, fonts, seals and printers."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from certificates.forms import DayField

LARGEST_OFFSET = 20


class CopyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """The key of the layout to be copied, and the name of the copy."""

    source = HiddenField(validators=[InputRequired(), Length(max=60)])


class LayoutFileForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A layout as JSON or YAML."""

    file = FileField(_l("版式文件（JSON 或 YAML）"), [FileRequired(_l("请选择文件"))])


class PictureForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A picture or a page and the name by which layouts know it."""

    name = StringField(_l("图片名称"), [InputRequired(_l("请填写图片名称")), Length(max=40)])
    file = FileField(_l("图片文件"), [FileRequired(_l("请选择文件"))])


class FontForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A 补字 font."""

    file = FileField(_l("字体文件（TTF 或 OTF）"), [FileRequired(_l("请选择文件"))])


class SealForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What the paper says that gives leave to print a seal, and the picture."""

    name = StringField(_l("印章名称"), [InputRequired(_l("请填写印章名称")), Length(max=40)])
    owner = StringField(_l("印主"), [InputRequired(_l("请填写印主")), Length(max=120)], render_kw={"list": "issuers"})
    authorised_by = StringField(_l("授权人"), [InputRequired(_l("请填写授权人")), Length(max=120)])
    document = StringField(_l("授权文件"), [InputRequired(_l("请填写授权文件的名称和文号")), Length(max=120)])
    valid_from = DayField(_l("授权自"), [InputRequired(_l("请填写日期，如 2026-10-20"))])
    valid_until = DayField(_l("授权至"), [InputRequired(_l("请填写日期，如 2026-10-20"))])
    file = FileField(_l("印章图片"), [FileRequired(_l("请选择文件"))])


class OffsetField(DecimalField):  # type: ignore[misc]  # wtforms has no types
    """Millimetres with one decimal."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; its fault is told in the visitor's language."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写毫米数，如 -1.5")) from None

    @property
    def tenths(self) -> int:
        """The value in tenths of a millimetre."""
        return int((self.data * 10).to_integral_value())


_OFFSET = [
    InputRequired(_l("请填写毫米数，如 -1.5")),
    NumberRange(Decimal(-LARGEST_OFFSET), Decimal(LARGEST_OFFSET), _l("偏差请填 -20 至 20 毫米")),
]


class PrinterForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A printer and how far it prints beside the place."""

    name = StringField(_l("打印机名称"), [InputRequired(_l("请填写打印机名称")), Length(max=60)])
    right = OffsetField(_l("右移（毫米）"), _OFFSET, places=1, default=Decimal(0))
    down = OffsetField(_l("下移（毫米）"), _OFFSET, places=1, default=Decimal(0))
