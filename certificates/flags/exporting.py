"""Papers of a competition's approved flags as files; every export stands in the audit record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from certificates.awards.awarding import awards_of
from certificates.awards.late_prizes import late_remarks
from certificates.flags.cases import PRACTICE, THEORY, totals_of
from certificates.models import Award, FlagState, Recommendation
from certificates.paper_templates.keeping import filled
from certificates.papers.files import TYPES, File, written
from certificates.papers.forms import KINDS, Approved, Contest, Kind, paper
from competitions.models import Competition, Contestant, Entrant, Event
from competitions.pack_editing.known import known_packs
from competitions.setup import competition_of
from core.audit import record
from core.auth import Actor
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError
from core.personal_data import decrypt
from scoring.engine.exact import decimal_text
from scoring.models import ResultLine, ResultSnapshot
from scoring.results.computing import newest_publication


@dataclass(frozen=True, slots=True)
class ExportPapers:
    """One paper of a competition as a file; with `is_masked` false it carries document numbers in full."""

    competition_id: int
    benefit: str
    form: str
    """xlsx, docx or pdf."""
    is_masked: bool
    actor: Actor


def export_papers(command: ExportPapers) -> File:
    """Write a paper with all approved flags of its kind, in an own form if there is one, and record who took it.

    Raises:
        InvalidInputError: an unknown paper or kind of file.
        NotFoundError: no such competition.
        ConflictError: nobody's flag is approved, or a decision was taken back meanwhile.
        MissingGlyphError: a character that no font can draw (PDF).
    """
    if command.benefit not in KINDS or command.form not in TYPES:
        raise InvalidInputError("没有这种材料或文件格式")
    competition, kind = competition_of(command.competition_id), KINDS[command.benefit]
    approved = approved_flags(db.session(), competition, command.benefit, is_masked=command.is_masked)
    if not approved:
        raise ConflictError("还没有审定同意的推荐，没有可导出的人员")
    content = filled(db.session(), contest_of(competition), competition.id, command.form, approved)
    if content is None:
        packs = known_packs(db.session())
        document = paper(kind, contest_of(competition), approved, packs, is_masked=command.is_masked)
        content = written(document, command.form)
    file = File(_name(competition, kind, command), TYPES[command.form], content)
    _record(command, [one.flag_id for one in approved])
    return file


def contest_of(competition: Competition) -> Contest:
    """A competition as it stands on papers."""
    return Contest(competition.title, competition.host, competition.opens_on, competition.closes_on)


def _name(competition: Competition, kind: Kind, command: ExportPapers) -> str:
    mask = "（证件号码遮盖）" if command.is_masked else ""
    return f"{competition.title} {kind.title}{mask}.{command.form}"


def _record(command: ExportPapers, flag_ids: Sequence[int]) -> None:
    with transaction() as session:
        query = select(func.count(Recommendation.id)).where(
            Recommendation.id.in_(flag_ids), Recommendation.state == FlagState.APPROVED
        )
        if session.scalar(query) != len(flag_ids):
            raise ConflictError("有推荐刚刚被撤回审定，请刷新后重新导出")
        detail = {"paper": command.benefit, "form": command.form, "flags": list(flag_ids), "masked": command.is_masked}
        target = f"competition:{command.competition_id}"
        record(session, command.actor.act("papers.exported", target, command.competition_id, detail))


def approved_flags(
    session: Session, competition: Competition, benefit: str, *, is_masked: bool = True
) -> list[Approved]:
    """Everybody with an approved flag, by event and place; only flags of the result that is final now.

    Args:
        session: for reading.
        competition: whose events.
        benefit: promotion, honour or medal.
        is_masked: whether document numbers are masked; otherwise they are decrypted.
    """
    found: list[Approved] = []
    late = late_remarks(session, competition.events)
    for event in competition.events:
        publication = newest_publication(session, event.id)
        if publication is None or not publication.is_final:
            continue
        rows = _rows(session, publication.snapshot_id, benefit)
        if rows:
            people = _of_event(session, event, publication.snapshot_id, rows, is_masked=is_masked)
            found += (replace(one, prize_remark=late.get(event.id, "")) for one in people)
    return found


def _rows(session: Session, snapshot_id: int, benefit: str) -> Sequence[Recommendation]:
    query = (
        select(Recommendation)
        .join(Recommendation.contestant)
        .join(Award, (Award.entrant_id == Contestant.entrant_id) & (Award.snapshot_id == snapshot_id), isouter=True)
        .where(Recommendation.snapshot_id == snapshot_id, Recommendation.benefit == benefit)
        .where(Recommendation.state == FlagState.APPROVED)
        .order_by(func.coalesce(Award.contest_rank, 999_999), Recommendation.contestant_id, Recommendation.id)
        .options(
            joinedload(Recommendation.contestant).joinedload(Contestant.person),
            joinedload(Recommendation.contestant).joinedload(Contestant.entrant).joinedload(Entrant.delegation),
            selectinload(Recommendation.objections),
        )
    )
    return session.scalars(query).all()


def _of_event(
    session: Session, event: Event, snapshot_id: int, rows: Iterable[Recommendation], *, is_masked: bool
) -> Iterable[Approved]:
    awards = {award.entrant_id: award for award in awards_of(session, snapshot_id)}
    lines = {line.entrant_id: line for line in _lines(session, snapshot_id)}
    for flag in rows:
        member = flag.contestant
        line, award = lines[member.entrant_id], awards.get(member.entrant_id)
        parts = _parts(session, event, line)
        yield Approved(
            flag_id=flag.id,
            name=member.person.name,
            document_kind=str(member.person.document_kind),
            document=member.person.document_masked if is_masked else decrypt(member.person.document_sealed),
            document_index=member.person.document_index,
            sex=member.person.sex,
            birth=member.person.birth,
            unit=member.unit,
            delegation=member.entrant.delegation.name,
            level=member.level,
            level_certificate=member.level_certificate,
            event=event.title,
            occupation=event.occupation_code,
            rank=line.rank or "",
            prize="" if award is None or award.is_open else award.prize,
            theory=parts.get(THEORY, ""),
            practice=parts.get(PRACTICE, ""),
            total=line.total or "",
            benefit=flag.benefit,
            wanted=flag.name,
            pack_id=flag.pack_id,
            answer=flag.answer,
            decided_by=flag.decided_by or "",
            decided_at=flag.decided_at,
            decision_reason=flag.decision_reason,
            has_open_objection=any(objection.answered_at is None for objection in flag.objections),
        )


def _lines(session: Session, snapshot_id: int) -> Iterable[ResultLine]:
    return session.scalars(select(ResultLine).where(ResultLine.snapshot_id == snapshot_id))


def _parts(session: Session, event: Event, line: ResultLine) -> dict[str, str]:
    """Theory and practice out of 100 as decimal strings; a part that is not known in full is left out."""
    snapshot = session.get_one(ResultSnapshot, line.snapshot_id)
    kinds = {module.code: module.kind for module in event.modules}
    totals = totals_of(snapshot.document["columns"], line.columns, kinds) or {}
    return {part: decimal_text(Fraction(total)) for part, total in totals.items()}
