"""The form of a competition that is set up as an earlier one was."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField
from wtforms.validators import Optional

from competitions.copying.timetable import CopyTimetable
from competitions.forms import CompetitionForm


class CopyForm(CompetitionForm):
    """The facts of the new competition, and whether the timetable comes along."""

    takes_timetable = BooleanField(_l("把日程也带过来"))
    timetable_from = DateField(_l("日程的第一天"), [Optional()])

    def timetable(self) -> CopyTimetable | None:
        """What was chosen about the timetable."""
        return CopyTimetable(self.timetable_from.data) if self.takes_timetable.data else None
