"""The form by which an organiser records one innovation."""

import re
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from certificates.forms import DayField
from certificates.innovations.kinds import KIND_NAMES, STAGE_NAMES, Kind, Stage
from certificates.innovations.known import contestants_named
from certificates.innovations.recording import RecordInnovation
from certificates.innovations.rows import LONGEST
from core.auth import Actor
from core.db import db

_SHORT = Length(max=LONGEST, message=_l("最多 200 字"))
_BETWEEN = re.compile(r"[、，,；;]+")


class InnovationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What it is, whose it is, what it brought."""

    name = StringField(_l("成果名称"), [InputRequired(_l("请填写成果名称")), _SHORT])
    kind = SelectField(_l("成果类别"), choices=[SelectChoice(one.value, _l(name)) for one, name in KIND_NAMES.items()])
    stage = SelectField(_l("阶段"), choices=[SelectChoice(one.value, _l(name)) for one, name in STAGE_NAMES.items()])
    authors = StringField(_l("主要完成人"), [_SHORT])
    unit = StringField(_l("完成单位"), [_SHORT])
    benefit = StringField(_l("经济效益（万元）"), [_SHORT])
    basis = StringField(_l("效益的计算依据"), [_SHORT])
    on = DayField(_l("日期"), [Optional()])
    document = StringField(_l("文件或编号"), [_SHORT])

    def command(self, competition_id: int, actor: Actor) -> RecordInnovation:
        """What was typed.

        Raises:
            InvalidInputError: a name that nobody has, or several people have.
        """
        names = [name.strip() for name in _BETWEEN.split(self.authors.data or "") if name.strip()]
        on = self.on.data
        return RecordInnovation(
            competition_id=competition_id,
            name=self.name.data or "",
            kind=Kind(self.kind.data),
            stage=Stage(self.stage.data),
            unit=self.unit.data or "",
            contestant_ids=contestants_named(db.session(), competition_id, names),
            benefit=self.benefit.data or "",
            basis=self.basis.data or "",
            on=on if isinstance(on, date) else None,
            document=self.document.data or "",
            actor=actor,
        )
