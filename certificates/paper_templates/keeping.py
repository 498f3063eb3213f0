"""Own templates as use cases: uploaded with a reason, kept in versions, given back, and used for exports."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.paper_templates.checking import FORMS, Reading, check, fill
from certificates.paper_templates.fields import personal_values, sample_values, shared_values
from certificates.paper_templates.models import PaperTemplate
from certificates.paper_templates.starting import starting_template
from certificates.papers.files import TYPES, File
from certificates.papers.forms import KINDS, Approved, Contest
from competitions.setup import competition_of, locked_competition
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError

_LONGEST_NAME = 120
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class UploadTemplate:
    """Use an own template for a paper from now on."""

    competition_id: int
    benefit: str
    filename: str
    data: bytes
    reason: str
    actor: Actor


def upload_template(command: UploadTemplate) -> Reading:
    """Check a template, store it as the next version, and return what it holds.

    Raises:
        TemplateError: what is wrong with it, and where.
        InvalidInputError: no such paper, or no reason.
        NotFoundError: no such competition.
    """
    reason = _reason(command.reason)
    form = command.filename.rpartition(".")[2].lower()
    _require_kind(command.benefit)
    reading = check(command.data, form, command.benefit)
    # What is checked is also tried: a template that cannot be filled is found now and not at the export.
    fill(command.data, form, *sample_values())
    draft = PaperTemplate(
        competition_id=command.competition_id,
        benefit=command.benefit,
        form=form,
        filename=command.filename[:_LONGEST_NAME],
        content=command.data,
        digest=hashlib.sha256(command.data).hexdigest(),
        reason=reason,
    )
    _store(draft, command.actor, {"fields": list(reading.fields), "list": reading.is_list})
    return reading


@dataclass(frozen=True, slots=True)
class ReturnToBuiltIn:
    """Use the built-in form of a paper again."""

    competition_id: int
    benefit: str
    form: str
    reason: str
    actor: Actor


def return_to_built_in(command: ReturnToBuiltIn) -> None:
    """Store the return as a version of its own.

    Raises:
        InvalidInputError: no such paper or form, or no reason.
        ConflictError: the built-in form is in use.
        NotFoundError: no such competition.
    """
    reason = _reason(command.reason)
    _require_kind(command.benefit)
    if current(db.session(), command.competition_id, command.benefit, command.form) is None:
        raise ConflictError("现在用的就是内置的式样")
    draft = PaperTemplate(
        competition_id=command.competition_id,
        benefit=command.benefit,
        form=command.form,
        filename="",
        content=b"",
        digest="",
        reason=reason,
    )
    _store(draft, command.actor, {})


def _reason(text: str) -> str:
    reason = text.strip()[:_LONGEST_REASON]
    if not reason:
        raise InvalidInputError("请写明更换式样的理由，如主管机关的通知")
    return reason


def _require_kind(benefit: str) -> None:
    if benefit not in KINDS:
        raise InvalidInputError("没有这种材料或文件格式")


def _store(row: PaperTemplate, actor: Actor, detail: dict[str, object]) -> None:
    with transaction() as session:
        competition = locked_competition(session, row.competition_id)
        row.number = 1 + len(versions(session, competition.id, row.benefit, row.form))
        row.uploaded_at, row.uploaded_by = now(), actor.name
        session.add(row)
        session.flush()
        facts = {"paper": row.benefit, "form": row.form, "number": row.number, "digest": row.digest}
        act = "paper_template.uploaded" if row.content else "paper_template.returned"
        target = f"paper_template:{row.id}"
        record(session, actor.act(act, target, competition.id, facts | {"reason": row.reason} | detail))


def versions(session: Session, competition_id: int, benefit: str, form: str) -> Sequence[PaperTemplate]:
    """All versions of a paper's form in a competition, the first one first."""
    query = select(PaperTemplate).where(
        PaperTemplate.competition_id == competition_id, PaperTemplate.benefit == benefit, PaperTemplate.form == form
    )
    return session.scalars(query.order_by(PaperTemplate.number)).all()


def current(session: Session, competition_id: int, benefit: str, form: str) -> PaperTemplate | None:
    """The own template that is used now; None where the built-in form is."""
    newest = next(reversed(versions(session, competition_id, benefit, form)), None)
    return newest if newest is not None and newest.content else None


def filled(
    session: Session, contest: Contest, competition_id: int, form: str, approved: Sequence[Approved]
) -> bytes | None:
    """A paper from the own template in use; None where the built-in form is.

    Args:
        session: for reading.
        contest: the competition as it stands on papers.
        competition_id: whose templates count.
        form: docx, xlsx or pdf; only the first two have templates.
        approved: everybody on it, all of one benefit.

    Raises:
        TemplateError: too many people for one file.
    """
    if form not in FORMS:
        return None
    own = current(session, competition_id, approved[0].benefit, form)
    if own is None:
        return None
    return fill(own.content, form, shared_values(contest, approved), personal_values(approved))


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """Which file of a paper's form is wanted: built_in, preview, or a version's number."""

    competition_id: int
    benefit: str
    form: str
    what: str


def template_file(wanted: TemplateFile) -> File:
    """The built-in form to start from, the form in use with the longest names, or an uploaded version as it was.

    Raises:
        InvalidInputError: no such paper or form.
        NotFoundError: no such competition or version.
    """
    _require_kind(wanted.benefit)
    if wanted.form not in FORMS:
        raise InvalidInputError("没有这种材料或文件格式")
    competition_of(wanted.competition_id)
    title, own = KINDS[wanted.benefit].title, None
    if wanted.what == "built_in":
        return _file(f"{title}（内置模板）", wanted.form, starting_template(wanted.benefit, wanted.form))
    if wanted.what == "preview":
        own = current(db.session(), wanted.competition_id, wanted.benefit, wanted.form)
        data = starting_template(wanted.benefit, wanted.form) if own is None else own.content
        return _file(f"{title}（预览，虚构人员）", wanted.form, fill(data, wanted.form, *sample_values()))
    stored = versions(db.session(), wanted.competition_id, wanted.benefit, wanted.form)
    own = next((row for row in stored if str(row.number) == wanted.what and row.content), None)
    if own is None:
        raise NotFoundError("没有这一版模板")
    return _file(f"{title}（第 {own.number} 版模板）", wanted.form, own.content)


def _file(name: str, form: str, content: bytes) -> File:
    return File(f"{name}.{form}", TYPES[form], content)
