"""The shapes that a judge's device sends, checked before any use case sees them."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from core.errors import InvalidInputError
from scoring.engine.stopwatch import MOST_MOMENTS
from scoring.jury.contestant_signing import SIGNATURE_LENGTH
from scoring.photos.picture import MOST_BYTES
from scoring.sheets.saving import MOST_AT_ONCE, SaveMarks, SubmitSheet, SyncSaves

MOST_ASPECTS = 1000
Aspect = Annotated[str, Field(min_length=1, max_length=140)]
Entered = Annotated[str, Field(min_length=1, max_length=60)]


def _whole_characters(text: Any) -> Any:
    """A text cut in the middle of a character, with a sign in place of the half: no mark is refused for that."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(text, str) else text


def _in_calendar(moment: datetime | None) -> datetime | None:
    """A tablet's own time, or nothing where its clock stands outside of all calendars: no mark is refused for that."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:
        return None


DeviceMoment = Annotated[AwareDatetime | None, AfterValidator(_in_calendar)]
Note = Annotated[str, BeforeValidator(_whole_characters), Field(max_length=1000)]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
Unsent = Annotated[int, Field(ge=0, le=100_000)]

Id = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Called = Annotated[str, Field(max_length=40)] | None
Place = Annotated[str, Field(max_length=60)] | None
Round = Annotated[int, Field(ge=1, le=1000)]

T = TypeVar("T", bound=BaseModel)


class MalformedError(InvalidInputError):
    """A body that is not what the interface describes; `more` says where."""

    code = "malformed"

    def __init__(self, error: ValidationError) -> None:
        places = {".".join(str(step) for step in e["loc"]) or "body": e["type"] for e in error.errors()}
        super().__init__("请求的格式不对：%(where)s", where="、".join(places))
        self.more = {"errors": places}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _BasedOnOneVersion(_Strict):
    key: UUID
    base_revision: Revision | None = None
    base_key: UUID | None = None

    @model_validator(mode="after")
    def _one_base(self) -> "_BasedOnOneVersion":
        if (self.base_revision is None) == (self.base_key is None):
            raise ValueError("one of base_revision and base_key")
        return self


class WatchMoment(_Strict):
    """One press of a stop watch, by the device's two clocks; see `scoring.engine.stopwatch`."""

    kind: Annotated[str, Field(max_length=12)]
    at: AwareDatetime
    mono: Annotated[int, Field(ge=0, le=2**53)]
    life: Annotated[str, Field(max_length=40)]
    seconds: Annotated[str, Field(max_length=20)] | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class SaveBody(_BasedOnOneVersion):
    """`POST /scoring/sheets/{id}/revisions`."""

    marks: Annotated[dict[Aspect, Entered | None], Field(max_length=MOST_ASPECTS)]
    notes: Annotated[dict[Aspect, Note], Field(max_length=MOST_ASPECTS, default_factory=dict)]
    doubts: Annotated[list[Aspect], Field(max_length=MOST_ASPECTS, default_factory=list)]
    scheme_version_id: Id | None = None
    device_saved_at: DeviceMoment = None
    resolves: UUID | None = None
    rounds: Annotated[dict[Aspect, Round], Field(max_length=MOST_ASPECTS, default_factory=dict)]
    times: Annotated[
        dict[Aspect, Annotated[list[WatchMoment], Field(max_length=MOST_MOMENTS)]],
        Field(max_length=50, default_factory=dict),
    ]
    called: Called = None
    place: Place = None

    def command(self, sheet_id: int) -> SaveMarks:
        """The save of sheet `sheet_id` that the body asks for."""
        times = {
            aspect: [one.model_dump(mode="json", exclude_defaults=True) for one in moments]
            for aspect, moments in self.times.items()
        }
        return SaveMarks(
            sheet_id,
            self.key,
            self.marks,
            self.base_revision,
            self.base_key,
            self.notes,
            self.doubts,
            self.scheme_version_id,
            self.device_saved_at,
            self.resolves,
            self.rounds,
            times,
            self.called,
            self.place,
        )


class QueuedSave(SaveBody):
    """One save of `POST /scoring/sync`: a SaveBody that says which sheet it is for."""

    sheet_id: Id


class SyncBody(_Strict):
    """`POST /scoring/sync`. A save that is malformed gets its own answer and does not stop the others."""

    saves: Annotated[list[Any], Field(max_length=MOST_AT_ONCE)]
    judge_id: int | None = None
    unsent: Unsent | None = None


class SubmitBody(_BasedOnOneVersion):
    """`POST /scoring/sheets/{id}/submissions`."""

    signature: Annotated[str, Field(max_length=SIGNATURE_LENGTH)] = ""
    device_submitted_at: DeviceMoment = None
    contestant_signature: Annotated[str, Field(max_length=SIGNATURE_LENGTH)] = ""
    contestant_refusal: Annotated[str, BeforeValidator(_whole_characters), Field(max_length=300)] = ""
    unsent: Unsent | None = None

    def command(self, sheet_id: int) -> SubmitSheet:
        """The submission of sheet `sheet_id` that the body asks for."""
        return SubmitSheet(
            sheet_id,
            self.key,
            self.base_revision,
            self.base_key,
            self.signature,
            self.device_submitted_at,
            self.contestant_signature,
            self.contestant_refusal,
            self.unsent,
        )


class PhotoBody(_Strict):
    """`POST /scoring/sheets/{id}/photos`; the picture in base64."""

    key: UUID
    image: Annotated[str, Field(max_length=MOST_BYTES * 4 // 3 + 4)]
    aspect: Annotated[str, Field(max_length=140)] = ""
    device_taken_at: DeviceMoment = None
    called: Called = None
    place: Place = None


class PhotoChangeBody(_Strict):
    """`POST /scoring/sheets/{id}/photo-changes`: where the picture of `key` belongs; null takes it back."""

    key: UUID
    aspect: Annotated[str, Field(max_length=140)] | None
    device_changed_at: DeviceMoment = None


def read(shape: type[T], body: object) -> T:
    """The body as `shape`.

    Raises:
        MalformedError: it is not; says where.
    """
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise MalformedError(error) from error


def queued(saves: list[Any]) -> list[SaveMarks | tuple[Any, MalformedError]]:
    """Each save of a sync as a command, or its key with what is wrong about its shape."""
    found: list[SaveMarks | tuple[Any, MalformedError]] = []
    for save in saves:
        try:
            body = read(QueuedSave, save)
            found.append(body.command(body.sheet_id))
        except MalformedError as error:
            found.append((save.get("key") if isinstance(save, dict) else None, error))
    return found


def sync_command(commands: list[SaveMarks], body: SyncBody) -> SyncSaves:
    """The sync that the body asks for, without its malformed saves."""
    return SyncSaves(commands, body.unsent)
