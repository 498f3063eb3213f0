"""Forms of declared ties."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from competitions.forms import number_or_none
from competitions.judge_ties.declaring import LONGEST_REASON
from competitions.judge_ties.models import KIND_NAMES
from competitions.judge_ties.own import OWN_KINDS


class TieForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Who, with whom, what kind of tie, and how it is known."""

    judge = SelectField(_l("裁判"), [InputRequired(_l("请选择裁判"))], coerce=number_or_none)
    kind = SelectField(_l("关系"), choices=[SelectChoice(kind.value, _l(name)) for kind, name in KIND_NAMES.items()])
    contestant = StringField(_l("选手"), [Length(max=200)])
    delegation = SelectField(_l("或整个代表队"), coerce=number_or_none)
    reason = StringField(_l("理由"), [InputRequired(_l("请写明理由")), Length(max=LONGEST_REASON)])


class OwnTieForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A tie that a judge declares of the own person, with a delegation."""

    kind = SelectField(_l("关系"), choices=[SelectChoice(kind.value, _l(KIND_NAMES[kind])) for kind in OWN_KINDS])
    delegation = SelectField(_l("代表队"), [InputRequired(_l("请选择代表队"))], coerce=number_or_none)
    reason = StringField(_l("情况说明"), [InputRequired(_l("请写明理由")), Length(max=LONGEST_REASON)])


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Why a tie does not hold."""

    reason = StringField(_l("撤回的理由"))
