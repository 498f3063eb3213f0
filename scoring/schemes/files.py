"""An adopted scheme as a file again: YAML, the workbook of this system, or the WorldSkills workbook where it fits."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from core.errors import NotFoundError
from scoring.engine.problems import SchemeError
from scoring.engine.scheme import Scheme
from scoring.formats.scheme_xlsx_write import write_scheme_xlsx
from scoring.formats.worldskills_export import write_worldskills
from scoring.formats.yaml_write import write_yaml
from scoring.models import SchemeVersion

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRITERS: Mapping[str, tuple[str, str, Callable[[Scheme], bytes]]] = {
    "yaml": (".yaml", "application/yaml; charset=utf-8", lambda scheme: write_yaml(scheme.to_document())),
    "xlsx": (".xlsx", WORKBOOK, lambda scheme: write_scheme_xlsx(scheme.to_document())),
    "worldskills": ("-worldskills.xlsx", WORKBOOK, write_worldskills),
}
"""Kind → ending of the file's name, type of its content, writer."""


def version_of(session: Session, competition_id: int, event_id: int, number: int) -> SchemeVersion:
    """A version of an event's scheme.

    Raises:
        NotFoundError: no such event in this competition, or no version of this number.
    """
    event = event_of(session, competition_id, event_id)
    query = select(SchemeVersion).where(SchemeVersion.event_id == event.id, SchemeVersion.number == number)
    version = session.scalar(query)
    if version is None:
        raise NotFoundError("没有第 %(n)s 版评分方案", n=number)
    return version


def versions_of(session: Session, event_id: int) -> list[SchemeVersion]:
    """All versions of an event's scheme, newest first."""
    query = select(SchemeVersion).where(SchemeVersion.event_id == event_id)
    return list(session.scalars(query.order_by(SchemeVersion.number.desc())))


def why_not_worldskills(scheme: Scheme) -> tuple[str, ...]:
    """What the WorldSkills workbook has no place for, in sentences; empty where the scheme fits."""
    try:
        write_worldskills(scheme)
    except SchemeError as error:
        return tuple(problem.message for problem in error.problems)
    return ()
