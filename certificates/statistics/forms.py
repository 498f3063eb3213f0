"""The form in which an organiser states what the rates are reckoned from."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional

from certificates.statistics.figures import MEASURE_NAMES, Measure
from certificates.statistics.rates import BASES, BENEFITS, Terms


def _choices(measures: Iterable[Measure]) -> list[SelectChoice]:
    return [SelectChoice(one.value, _l(MEASURE_NAMES[one])) for one in measures]


class TermsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """How many workers there are, whom to count, and by which text."""

    workforce = IntegerField(_l("应参赛职工数"), [Optional()])
    workforce_source = StringField(_l("应参赛职工数的出处"), [Length(max=300)])
    basis = SelectField(_l("参赛按"), choices=_choices(BASES))
    benefits = SelectMultipleField(_l("受益包括"), choices=_choices(BENEFITS))
    formula_source = StringField(_l("公式依据的文件"), [Length(max=300)])

    def document(self) -> Mapping[str, Any]:
        """What was stated, as plain values."""
        return {
            "workforce": self.workforce.data,
            "workforce_source": self.workforce_source.data or "",
            "basis": self.basis.data,
            "benefits": self.benefits.data or [],
            "formula_source": self.formula_source.data or "",
        }


def form_of(terms: Terms) -> TermsForm:
    """The form filled with what was stated last."""
    return TermsForm(
        workforce=terms.workforce,
        workforce_source=terms.workforce_source,
        basis=terms.basis.value,
        benefits=[one.value for one in terms.benefits],
        formula_source=terms.formula_source,
    )
