"""Results: computed into snapshots that never change, published by pointing at one of them."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from competitions.events.defining import event_of
from competitions.models import Entrant, EntrantStatus, Event, Module
from competitions.work_codes.layers import awaits_decoding
from core.audit import record
from core.auth import Actor
from core.clock import BEIJING, competition_day, now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.messages import said
from scoring.appeals.standing import appeals_of_event
from scoring.engine.exact import decimal_text
from scoring.engine.explain import explain_all
from scoring.engine.marks import Book, MarkRow, collect_marks
from scoring.engine.ranking import Place, Ranking, rank, rank_text
from scoring.engine.scheme import ROOT, Scheme
from scoring.engine.totals import evaluate
from scoring.jury.blindness import closed_pairs
from scoring.jury.counted import counted_marks
from scoring.models import Publication, ResultLine, ResultSnapshot, SchemeVersion, ScoreSheet, SheetRevision
from scoring.results.given import KEY, given_document
from scoring.results.in_words import KEY as IN_WORDS
from scoring.results.in_words import in_words
from scoring.results.notice import last_day_of_notice
from scoring.sheets.item_values import mark_row
from scoring.sheets.opening import current_scheme, scheme_of
from scoring.states import SheetState

OUT = {
    EntrantStatus.ABSENT: "absent",
    EntrantStatus.WITHDRAWN: "withdrawn",
    EntrantStatus.DISQUALIFIED: "disqualified",
}


class WorksNotDecodedError(ConflictError):
    """Works are marked by code and not decoded: there is nobody yet whose result it could be."""

    code = "works_not_decoded"


@dataclass(frozen=True, slots=True)
class ComputeResult:
    """Compute an event's result into a further snapshot; every one after the first wants a reason."""

    competition_id: int
    event_id: int
    actor: Actor
    reason: str = ""


def compute_result(command: ComputeResult) -> int:
    """Store a snapshot of the event's result as the marks stand now; returns its id.

    Raises:
        NotFoundError: no such event.
        ConflictError: no scheme or no sheets.
        InvalidInputError: a further snapshot without a reason.
    """
    with transaction() as session:
        event = event_of(session, command.competition_id, command.event_id)
        version = current_scheme(session, event.id)
        if version is None:
            raise ConflictError("“%(event)s”还没有评分方案", event=event.name)
        number = 1 + (session.scalar(_newest_number(event.id)) or 0)
        if number > 1 and not command.reason.strip():
            raise InvalidInputError("重新计算成绩须写明理由，理由将随成绩留存")
        ranking = ranking_of(session, event, version)
        lines = list(_lines(ranking, entrants_by_name(session, event.id)))
        document = _document(event, version, ranking)
        not_in = {entrant for _, entrant in closed_pairs(session, event.id)}
        if not_in:
            document["warnings"].append(said("%(n)s 名选手还有评分表没有提交，有关模块的分数未计入", n=len(not_in)))
        document[IN_WORDS] = in_words(document)
        snapshot = ResultSnapshot(
            event_id=event.id,
            number=number,
            scheme_version_id=version.id,
            document=document,
            digest=digest_of(document, lines),
            computed_at=now(),
            computed_by=command.actor.name,
            reason=command.reason.strip(),
        )
        session.add(snapshot)
        session.flush()
        for line in lines:
            line.snapshot_id = snapshot.id
        session.add_all(lines)
        detail = {"number": number, "digest": snapshot.digest, "reason": snapshot.reason}
        act = command.actor.act("result.computed", f"event:{event.id}", command.competition_id, detail)
        record(session, act)
        return snapshot.id


def _newest_number(event_id: int) -> Any:
    return select(func.max(ResultSnapshot.number)).where(ResultSnapshot.event_id == event_id)


def ranking_of(session: Session, event: Event, version: SchemeVersion) -> Ranking:
    """The event's order of merit from the newest revision of every sheet.

    Raises:
        ConflictError: the event has no sheets.
        WorksNotDecodedError: its works are not decoded.
    """
    if awaits_decoding(session, event.id):
        raise WorksNotDecodedError("“%(event)s”的作品还没有解密，不能计算成绩", event=event.name)
    rows = list(mark_rows(session, event.id))
    if not rows:
        raise ConflictError("“%(event)s”还没有评分表", event=event.name)
    scheme = scheme_of(version)
    return rank(evaluate(scheme, collect_marks(scheme, rows)))


def mark_rows(session: Session, event_id: int, *, open_only: bool = True) -> Iterator[MarkRow]:
    """All marks of an event that count, as the engine takes them; an entrant without any mark still has a line.

    `open_only` as in `scoring.jury.counted.counted_marks`: what is closed to others enters no result and no figure.
    """
    entrants = entrants_by_name(session, event_id)
    for name, entrant in entrants.items():
        yield MarkRow(name, status=OUT.get(entrant.status, ""))
    names = {entrant.id: name for name, entrant in entrants.items()}
    for sheet in counted_marks(session, event_id, open_only=open_only):
        for key, value in sheet.marks.items():
            yield mark_row(names[sheet.entrant_id], key, sheet.seat, value)


def entrants_by_name(session: Session, event_id: int) -> dict[str, Entrant]:
    """Entrants as the engine calls them, in the order of their draw numbers: by draw number, so that a warning says it.

    Whoever left before the draw is called by the entrant's id.
    """
    has_sheets = exists().where(ScoreSheet.entrant_id == Entrant.id)  # a work that is decoded has none any more
    query = select(Entrant).where(Entrant.event_id == event_id, Entrant.work_code.is_(None) | has_sheets)
    query = query.order_by(Entrant.draw_number, Entrant.id)
    return {str(e.called or f"未抽签 {e.id}"): e for e in session.scalars(query)}


def _document(event: Event, version: SchemeVersion, ranking: Ranking) -> dict[str, Any]:
    scheme = ranking.result.scheme
    columns = [
        {"id": node.id, "label": node.label, "max": None if node.max is None else scheme_text(scheme, node.id)}
        for node in scheme.columns()
    ]
    return {
        "event": event.name,
        "scheme_version": version.number,
        "columns": columns,
        "warnings": list(ranking.warnings),
        "is_settled": ranking.is_final,
        "ties": [list(group) for group in ranking.ties],
        "entrants": len(ranking.places),
        "ranked": sum(place.rank is not None for place in ranking.places),
    }


def scheme_text(scheme: Scheme, node: str) -> str:
    """The nominal maximum of a node as text."""
    value = scheme.nodes[node].max
    return "" if value is None else decimal_text(value)


def _lines(ranking: Ranking, entrants: Mapping[str, Entrant]) -> Iterator[ResultLine]:
    result = ranking.result
    columns = [node.id for node in result.scheme.columns()]
    unfoldings = dict(explain_all(ranking))
    for position, place in enumerate(ranking.places, start=1):
        who = place.contestant
        yield ResultLine(
            position=position,
            entrant_id=entrants[who].id,
            rank=_rank(place),
            award_rank=None if place.award_rank is None else rank_text(place.award_rank),
            is_tied=bool(place.tied_with),
            total=result.text(who, ROOT) or None,
            columns=[result.text(who, node) or None for node in columns],
            decided_by=str(place.decided_by),
            status=place.status,
            unfolding=_stored(unfoldings[who], result.marks.books[who]),
        )


def _stored(unfolding: dict[str, Any], book: Book) -> dict[str, Any]:
    return unfolding | {KEY: given_document(book), IN_WORDS: in_words(unfolding)}


def _rank(place: Place) -> str | None:
    return None if place.rank is None else rank_text(place.rank)


def digest_of(document: dict[str, Any], lines: Sequence[ResultLine]) -> str:
    """SHA-256 over everything a snapshot says."""
    content = [
        document,
        [
            [x.position, x.entrant_id, x.rank, x.award_rank, x.total, x.columns, x.decided_by, x.status, x.unfolding]
            for x in lines
        ],
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that ought to be settled before a result is published; `message` and `params` as in `DomainError`."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


def obstacles(session: Session, snapshot: ResultSnapshot, *, is_final: bool) -> list[Obstacle]:
    """What speaks against publishing a snapshot, each named; none of it is hidden in a greyed-out button."""
    found = []
    unconfirmed = session.scalar(
        select(func.count(ScoreSheet.id))
        .join(Module, Module.id == ScoreSheet.module_id)
        .join(Entrant, Entrant.id == ScoreSheet.entrant_id)
        .where(
            Module.event_id == snapshot.event_id,
            ScoreSheet.state.not_in((SheetState.CONFIRMED, SheetState.VACANT)),
            Entrant.status.not_in(OUT),
        )
    )
    if unconfirmed:
        found.append(Obstacle("sheets_unconfirmed", "还有 %(n)s 张评分表没有确认", {"n": unconfirmed}))
    if not snapshot.document["is_settled"]:
        found.append(Obstacle("not_settled", "有选手尚未评完，或有并列须先裁定"))
    if _is_stale(session, snapshot):
        found.append(Obstacle("stale", "计算之后又有评分变动，此成绩已不是最新"))
    if is_final:
        found += _about_notice(session, snapshot)
    return found + _about_appeals(session, snapshot, is_final=is_final)


def _about_appeals(session: Session, snapshot: ResultSnapshot, *, is_final: bool) -> list[Obstacle]:
    """What appeals say: one upheld makes every earlier reckoning wrong, one open or yet to come keeps it from final."""
    appeals = appeals_of_event(session, snapshot)
    found = [
        Obstacle("appeal_upheld", "申诉第 %(n)s 号成立后，还没有重新计算成绩", {"n": number})
        for number in appeals.upheld_since
    ]
    if is_final and appeals.open:
        found.append(Obstacle("appeals_open", "还有 %(n)s 件申诉没有裁定", {"n": appeals.open}))
    if is_final and appeals.due_at is not None and now() <= appeals.due_at:
        until = f"{appeals.due_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        found.append(Obstacle("appeal_time_running", "申诉时限未过，到 %(time)s 为止", {"time": until}))
    return found


def _about_notice(session: Session, snapshot: ResultSnapshot) -> list[Obstacle]:
    """Whether the result was shown for objections, and for as long as the competition has laid down."""
    query = select(Publication).where(Publication.event_id == snapshot.event_id, Publication.is_final.is_(False))
    notice = session.scalar(query.order_by(Publication.id.desc()).limit(1))
    if notice is None:
        return [Obstacle("no_notice", "还没有公示过")]
    days, last = snapshot.event.competition.publicity_working_days, notice_ends(notice)
    if last is not None and competition_day() <= last:
        return [
            Obstacle(
                "notice_running",
                "公示未满 %(n)s 个工作日，到 %(day)s 为止（按周一至周五计，法定节假日和调休请自行核对）",
                {"n": days, "day": last.isoformat()},
            )
        ]
    return []


def notice_ends(notice: Publication) -> date | None:
    """The last day of a notice; `None` where the competition has laid down no number of days."""
    days = notice.snapshot.event.competition.publicity_working_days
    return last_day_of_notice(notice.published_at.astimezone(BEIJING).date(), days) if days else None


def _is_stale(session: Session, snapshot: ResultSnapshot) -> bool:
    later = (
        select(SheetRevision.id)
        .join(ScoreSheet, ScoreSheet.id == SheetRevision.sheet_id)
        .join(Module, Module.id == ScoreSheet.module_id)
        .where(Module.event_id == snapshot.event_id, SheetRevision.saved_at > snapshot.computed_at)
    )
    return session.scalar(later.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Show a snapshot to the public, as provisional (公示) or final."""

    competition_id: int
    snapshot_id: int
    is_final: bool
    actor: Actor
    override_reason: str = ""


def publish_result(command: PublishResult) -> int:
    """Publish a snapshot and return the publication's id.

    Raises:
        NotFoundError: no such snapshot.
        ConflictError: something speaks against it and no reason for an override is given.
        WorksNotDecodedError: the event's works are not decoded; no reason helps.
    """
    with transaction() as session:
        snapshot = snapshot_in(session, command.competition_id, command.snapshot_id)
        if awaits_decoding(session, snapshot.event_id):
            raise WorksNotDecodedError("“%(event)s”的作品还没有解密，不能公布成绩", event=snapshot.event.name)
        newest = newest_publication(session, snapshot.event_id)
        if newest and (newest.snapshot_id, newest.is_final) == (snapshot.id, command.is_final):
            return newest.id
        against = obstacles(session, snapshot, is_final=command.is_final)
        if against and not command.override_reason.strip():
            raise ConflictError("有 %(n)s 个问题没有解决，不能发布；如确需发布，请写明理由", n=len(against))
        publication = Publication(
            snapshot_id=snapshot.id,
            event_id=snapshot.event_id,
            is_final=command.is_final,
            published_at=now(),
            published_by=command.actor.name,
            override_reason=command.override_reason.strip() if against else "",
        )
        session.add(publication)
        session.flush()
        detail = {
            "snapshot": snapshot.number,
            "final": command.is_final,
            "digest": snapshot.digest,
            "overridden": [o.code for o in against],
            "reason": publication.override_reason,
        }
        target = f"event:{snapshot.event_id}"
        record(session, command.actor.act("result.published", target, command.competition_id, detail))
        return publication.id


def snapshot_in(session: Session, competition_id: int, snapshot_id: int) -> ResultSnapshot:
    """The snapshot, if it belongs to the competition.

    Raises:
        NotFoundError: it does not.
    """
    snapshot = session.get(ResultSnapshot, snapshot_id)
    if snapshot is None or snapshot.event.competition_id != competition_id:
        raise NotFoundError("这场竞赛里没有这份成绩")
    return snapshot


def newest_publication(session: Session, event_id: int) -> Publication | None:
    """What the public sees of an event now."""
    return newest_publications(session, [event_id]).get(event_id)


def newest_publications(session: Session, event_ids: Sequence[int]) -> dict[int, Publication]:
    """What the public sees now of each of these events; one of which it sees nothing is left out. One query."""
    newest = select(func.max(Publication.id)).where(Publication.event_id.in_(event_ids)).group_by(Publication.event_id)
    query = select(Publication).where(Publication.id.in_(newest))
    return {publication.event_id: publication for publication in session.scalars(query)}
