"""How an endpoint for programs is declared: one line gives its route, its guard, its checks and its description.

What a program reads is a pydantic model, so that the description is made of what is answered. Every list is read in the
order of a key that only grows and goes on behind the last key that was read: what is added meanwhile comes later, and
nothing is read twice or passed over.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict

from core.auth import for_programs, requires
from core.errors import InvalidInputError

V1 = "/api/v1"
bp = Blueprint("programs", __name__, url_prefix=V1)
MOST, USUAL = 200, 100
"""Items of a page at most, and where nobody says."""
_LARGEST = 2**31 - 1
View = TypeVar("View", bound=Callable[..., BaseModel])
Row = TypeVar("Row")


class WrongQueryError(InvalidInputError):
    """A parameter of the address that is unknown here, or has no usable value."""

    code = "wrong_query"


class Answer(BaseModel):
    """What an endpoint answers; nothing stands in it that its description does not name."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Page(Answer):
    """The next items of a list."""

    next: str | None
    """Address of what follows; null at the end."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query: a number, one of `choices`, or a text."""

    name: str
    about: str
    choices: tuple[str, ...] = ()
    is_text: bool = False

    def read(self, text: str) -> int | str:
        """Its value.

        Raises:
            WrongQueryError: none of the choices, or no number.
        """
        if self.choices:
            if text not in self.choices:
                raise WrongQueryError("“%(name)s”只能是 %(choices)s", name=self.name, choices=", ".join(self.choices))
            return text
        if self.is_text:
            return text
        if not (text.isascii() and text.isdigit()) or int(text[:11]) > _LARGEST:
            raise WrongQueryError("“%(name)s”应是不超过 %(most)s 的整数", name=self.name, most=_LARGEST)
        return int(text)

    @property
    def described(self) -> dict[str, Any]:
        """As OpenAPI has it."""
        schema: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": _LARGEST}
        if self.choices:
            schema = {"enum": list(self.choices)}
        if self.is_text:
            schema = {"type": "string"}
        if self.name == LIMIT.name:
            schema |= {"minimum": 1, "maximum": MOST, "default": USUAL}
        return {"name": self.name, "in": "query", "description": self.about, "schema": schema}


AFTER = Parameter("after", "Go on behind this key: that of the last item read. `next` has it already.")
LIMIT = Parameter("limit", "How many items at most.")
EVENT = Parameter("event", "Only of this event.")
PAGING = (AFTER, LIMIT)


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint as it is described."""

    path: str
    permission: str
    answer: type[BaseModel]
    parameters: tuple[Parameter, ...]
    takes_file: bool = False
    """Whether a file is sent to it; all others are only read."""
    name: str = ""
    summary: str = ""


OPERATIONS: dict[str, Operation] = {}
"""By endpoint; filled as the rooms of the packages are imported."""


def reads(
    path: str, permission: str, answer: type[BaseModel], *parameters: Parameter
) -> Callable[[View], Callable[..., Response]]:
    """Declare a view that programs with `permission` read. The first line of its docstring describes it.

    Args:
        path: below `V1`; where it has no `competition_id`, the view itself asks whose token it is.
        permission: of a scope.
        answer: what the view returns.
        parameters: of the query; any other is refused, so that a misspelt filter does not give everything.
    """

    return _declaring(Operation(path, permission, answer, parameters))


def takes_file(
    path: str, permission: str, answer: type[BaseModel], *parameters: Parameter
) -> Callable[[View], Callable[..., Response]]:
    """Declare a view to which programs send a file, as the whole body; all else as with `reads`."""
    return _declaring(Operation(path, permission, answer, parameters, takes_file=True))


def _declaring(bare: Operation) -> Callable[[View], Callable[..., Response]]:
    def declare(view: View) -> Callable[..., Response]:
        @wraps(view)
        def answered(**place: int) -> Response:
            _refuse_unknown(bare.parameters)
            return _answer(view(**place))

        endpoint = view.__name__
        summary = (view.__doc__ or "").strip().partition("\n")[0]
        OPERATIONS[f"{bp.name}.{endpoint}"] = replace(bare, name=endpoint, summary=summary)
        guarded = requires(bare.permission, anywhere="competition_id" not in bare.path)(for_programs(answered))
        bp.add_url_rule(bare.path, endpoint, guarded, methods=["POST" if bare.takes_file else "GET"])
        return guarded

    return declare


def _refuse_unknown(parameters: Sequence[Parameter]) -> None:
    known = {one.name for one in parameters}
    unknown = next((name for name in request.args if name not in known), None)
    if unknown is not None:
        raise WrongQueryError("这里没有名为“%(name)s”的参数", name=unknown[:40])


def asked_for(parameter: Parameter) -> Any:
    """The value of a parameter in this request, None where it is not given.

    Raises:
        WrongQueryError: not a value of it.
    """
    text = request.args.get(parameter.name)
    return None if text is None else parameter.read(text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items of a list are wanted."""

    after: int
    limit: int

    @property
    def one_more(self) -> int:
        """How many to read, to know whether anything follows."""
        return self.limit + 1


def wanted() -> Wanted:
    """Which items of a list this request wants.

    Raises:
        WrongQueryError: no number, or a page that is larger than `MOST`.
    """
    limit = asked_for(LIMIT)
    if limit is not None and not 1 <= limit <= MOST:
        raise WrongQueryError("“limit”应在 1 到 %(most)s 之间", most=MOST)
    return Wanted(asked_for(AFTER) or 0, limit or USUAL)


def cut(
    rows: Sequence[Row], want: Wanted, key: Callable[[Row], int], **more: object
) -> tuple[Sequence[Row], str | None]:
    """The rows of a page, and the address of the next one.

    Args:
        rows: as read, one more than wanted where anything follows.
        want: what was wanted.
        key: of a row, by which rows are ordered.
        more: parameters that the next address carries beside those of this one.
    """
    shown = rows[: want.limit]
    if len(rows) <= want.limit:
        return shown, None
    query: Mapping[str, object] = {**request.args, **more, "after": key(shown[-1])}
    return shown, f"{request.path}?{urlencode(query)}"


def _answer(body: BaseModel) -> Response:
    """The answer with a tag of its content, or that nothing has changed.

    The tag is made of what the program may read and of nothing else, so it tells nothing of what it may not.
    """
    content = body.model_dump_json().encode()
    response = Response(content, mimetype="application/json")
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response


@bp.after_request
def _headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Accept-Language"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="programs"'
    if response.status_code == 429 and response.is_json:
        response.headers["Retry-After"] = str((response.get_json() or {}).get("retry_after", 60))
    return response
