"""What forms of several rooms share: a reason's length, a few sentences, a day."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, TextAreaField
from wtforms.validators import Length

REASON = Length(max=500, message=_l("最多 500 字"))
_ANY_DAY = _l("请填写日期，如 2026-10-20")


class TextForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A few sentences: an objection, its answer, a reason."""

    text = TextAreaField(_l("内容"), [Length(max=2000, message=_l("最多 2000 字"))])


class DayField(DateField):  # type: ignore[misc]  # wtforms has no types
    """A day whose fault is told in the visitor's language; `refusal` names the day where there are several."""

    def __init__(
        self, label: object, validators: Sequence[object] = (), *, refusal: object = _ANY_DAY, **more: Any
    ) -> None:
        super().__init__(label, validators, **more)
        self._refusal = refusal

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a day as YYYY-MM-DD."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(self._refusal)) from None
