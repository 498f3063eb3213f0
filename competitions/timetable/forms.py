"""Forms of the timetable: one session, batches one after the other, a reason, a file."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from competitions.models import Event
from competitions.timetable.kinds import AUDIENCE_NAMES, KIND_NAMES, Audience, kind_by_title
from competitions.timetable.kinds import Kind as SessionKind
from competitions.timetable.models import TimetableSession
from competitions.timetable.planning import (
    LAST_BATCH,
    LONGEST_NOTE,
    LONGEST_PLACE,
    LONGEST_REASON,
    LONGEST_TITLE,
    SessionFacts,
)
from core.clock import BEIJING
from core.i18n import translated

LOCAL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
"""How browsers send a local time, and the first of them how they want it."""
BY_TITLE = ""
"""The kind is told by the name."""


class ScopeField(SelectField):  # type: ignore[misc]  # wtforms has no types
    """What a session concerns: everything, an event (``e3``) or a module of it (``m3.7``)."""

    def __init__(self, *args: Any, **over: Any) -> None:
        super().__init__(*args, **over)
        self.type = "SelectField"  # by which pages know how to draw it

    def offer(self, events: Sequence[Event], otherwise: object = _l("整个竞赛")) -> None:
        """Give it the events and modules of a competition to choose from; `otherwise` stands for none of them."""
        self.choices = [SelectChoice("", otherwise)]
        for event in events:
            title = translated(event.title)
            self.choices.append(SelectChoice(f"e{event.id}", title))
            for module in event.modules:
                name = f"{title} · {module.stage} {module.name}".replace("  ", " ")
                self.choices.append(SelectChoice(f"m{event.id}.{module.id}", name))

    @property
    def chosen(self) -> tuple[int | None, int | None]:
        """Ids of event and module."""
        event, _dot, module = (self.data or "")[1:].partition(".")
        return (int(event) if event else None, int(module) if module else None)

    @staticmethod
    def value_of(row: TimetableSession) -> str:
        """The choice that a session stands for."""
        if row.event_id is None:
            return ""
        return f"m{row.event_id}.{row.module_id}" if row.module_id else f"e{row.event_id}"


def _end(begins_at: datetime, ends: time) -> datetime:
    """The moment on the day of the beginning; midnight is the one at the end of that day."""
    return datetime.combine(begins_at.date() + timedelta(days=ends == time()), ends, BEIJING)


class SessionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A session; the first four fields are all that it needs."""

    title = StringField(_l("内容"), [InputRequired(_l("请填写这一场的名称")), Length(max=LONGEST_TITLE)])
    begins_at = DateTimeLocalField(_l("开始"), [InputRequired(_l("请填写开始的日期和时间"))], format=LOCAL)
    ends = TimeField(_l("结束"), [InputRequired(_l("请填写结束的时间"))])
    place = StringField(_l("地点"), [Length(max=LONGEST_PLACE)])
    scope = ScopeField(_l("赛项或模块"), [Optional()], choices=[])
    batch = IntegerField(_l("批次"), [Optional(), NumberRange(1, LAST_BATCH, _l("应为 1 到 999"))])
    kind = SelectField(
        _l("类别"),
        choices=[SelectChoice(BY_TITLE, _l("按名称判断"))]
        + [SelectChoice(one.value, _l(name)) for one, name in KIND_NAMES.items()],
    )
    audience = SelectField(
        _l("公开范围"), choices=[SelectChoice(one.value, _l(name)) for one, name in AUDIENCE_NAMES.items()]
    )
    note = TextAreaField(_l("说明"), [Length(max=LONGEST_NOTE)])
    revision = HiddenField()

    def fill(self, row: TimetableSession) -> None:
        """Show a session as it stands."""
        self.title.data, self.place.data, self.note.data = row.title, row.place, row.note
        self.begins_at.data, self.ends.data = row.begins.replace(tzinfo=None), row.ends.time()
        self.scope.data, self.batch.data = ScopeField.value_of(row), row.batch
        self.kind.data, self.audience.data, self.revision.data = row.kind.value, row.audience.value, row.revision

    def facts(self) -> SessionFacts:
        """What was written; times are Beijing's."""
        begins_at = self.begins_at.data.replace(tzinfo=BEIJING)
        event_id, module_id = self.scope.chosen
        kind = self.kind.data
        return SessionFacts(
            title=self.title.data,
            begins_at=begins_at,
            ends_at=_end(begins_at, self.ends.data),
            place=self.place.data or "",
            kind=SessionKind(kind) if kind else kind_by_title(self.title.data, has_event=event_id is not None),
            event_id=event_id,
            module_id=module_id,
            batch=self.batch.data,
            audience=Audience(self.audience.data),
            note=self.note.data or "",
        )


class HeatsForm(FlaskForm):  # type: ignore[misc]
    """Batches of an event that follow one another in one place."""

    scope = ScopeField(_l("赛项或模块"), [InputRequired(_l("请选择赛项或模块"))], choices=[])
    begins_at = DateTimeLocalField(_l("第一批开始"), [InputRequired(_l("请填写开始的日期和时间"))], format=LOCAL)
    batches = IntegerField(_l("批数"), [InputRequired(_l("请填写批数")), NumberRange(1, 60, _l("应为 1 到 60"))])
    minutes = IntegerField(
        _l("每批多少分钟"), [InputRequired(_l("请填写每批的分钟数")), NumberRange(1, 1440, _l("应为 1 到 1440"))]
    )
    place = StringField(_l("地点"), [Length(max=LONGEST_PLACE)])
    pause = IntegerField(_l("两批之间间隔（分钟）"), [Optional(), NumberRange(0, 1440, _l("应为 0 到 1440"))])
    check_in = IntegerField(_l("每批提前多少分钟检录"), [Optional(), NumberRange(0, 240, _l("应为 0 到 240"))])
    rest_from = TimeField(_l("午休开始"), [Optional()])
    rest_until = TimeField(_l("午休结束"), [Optional()])
    until = TimeField(_l("每天最晚结束"), [Optional()])


class TouchForm(FlaskForm):  # type: ignore[misc]
    """What is done to a session by a button: which state of it was seen, and why where that is wanted."""

    revision = IntegerField()
    reason = StringField(_l("理由"), [Length(max=LONGEST_REASON)])


class TimetableFileForm(FlaskForm):  # type: ignore[misc]
    """A table of sessions."""

    file = FileField(_l("日程表（XLSX 或 CSV）"), [FileRequired(_l("请选择文件"))])
