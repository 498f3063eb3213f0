"""Use cases of own rule files: draft, hand over as a version, put in force by a second person, send back, withdraw."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from competitions.pack_editing.checking import complete, document, faults, title_of, verified_marks
from competitions.pack_editing.fields import Posted
from competitions.pack_editing.known import pack_of_document, version_in_force
from competitions.pack_editing.models import OwnPack, OwnPackDecision, OwnPackVersion, Verdict
from competitions.pack_editing.outline import PARTS, read_part
from competitions.pack_editing.owning import home_of_new, kept_pack, reach_of
from competitions.pack_editing.tree import Tree, read_tree
from competitions.standards.loader import PACKS, load_packs, read_pack
from competitions.standards.model import Pack
from core.audit import record
from core.auth import Actor
from core.clock import now
from core.db import transaction
from core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

CODE = "own."
"""With this begins the id of every rule file that an organiser keeps; no shipped one does."""


class StaleDraftError(ConflictError):
    """Somebody else has saved the draft since it was shown."""

    code = "stale_draft"


class UnfinishedDraftError(InvalidInputError):
    """The draft is not a rule file yet."""

    code = "unfinished_draft"


class SamePersonError(NotAllowedError):
    """Whoever handed a version over may not put it in force."""

    code = "same_person"


@dataclass(frozen=True, slots=True)
class StartPack:
    """A new rule file: empty, from a copy of a shipped one (`copy_of`), or from YAML (`text` with its file name)."""

    owner: str
    title: str
    actor: Actor
    copy_of: str = ""
    text: str = ""
    filename: str = ""
    organisation_id: int | None = None
    """Of which organisation, for who works for several."""


def start_pack(command: StartPack) -> int:
    """Store a new draft and return its id. The file's `id` is given by the system and stays.

    Raises:
        InvalidInputError: no owner or no title, or it is not said whose of several organisations it is.
        NotFoundError: no shipped pack of that id to copy.
        PackError: the YAML is not a rule file; with file and line.
    """
    if not command.owner.strip():
        raise InvalidInputError("请填写这份规则属于哪个单位")
    draft = _begun(command)
    if command.title.strip():
        draft["title"] = command.title.strip()
    if not title_of(draft):
        raise InvalidInputError("请填写规则的名称")
    with transaction() as session:
        home = home_of_new(reach_of(session, command.actor, "pack.edit"), command.organisation_id)
        row = OwnPack(code=secrets.token_hex(8), owner=command.owner.strip(), draft={}, **_saved(command.actor))
        row.organisation_id = home
        row.created_at, row.created_by = row.saved_at, row.saved_by
        session.add(row)
        session.flush()
        row.code = f"{CODE}{row.id:04d}"
        row.draft = complete(draft, row.code)
        detail = {
            "owner": row.owner,
            "title": title_of(row.draft),
            "copy_of": command.copy_of,
            "file": command.filename,
        }
        record(session, command.actor.act("pack.started", f"own_pack:{row.id}", None, detail))
        return row.id


def _begun(command: StartPack) -> dict[str, Tree]:
    if command.text:
        return read_file(command.text, command.filename)
    if not command.copy_of:
        return {}
    if command.copy_of not in {pack.id for pack in load_packs()}:
        raise NotFoundError("没有编号为“%(id)s”的规则包", id=command.copy_of)
    name = f"{command.copy_of}.yaml"
    return {**read_tree((PACKS / name).read_text(encoding="utf-8"), name), "supersedes": None}


def read_file(text: str, filename: str) -> dict[str, Tree]:
    """The data of a rule file in YAML, read as strictly as a shipped one.

    Raises:
        PackError: with file and line.
    """
    tree = read_tree(text, filename)
    read_pack(text, filename)
    return dict(tree)


def _saved(actor: Actor) -> dict[str, Any]:
    return {"saved_at": now(), "saved_by": actor.name}


@dataclass(frozen=True, slots=True)
class SavePart:
    """One part of the form as it was filled in; `revision` is that of the draft which was shown."""

    own_id: int
    part: str
    revision: int
    posted: Posted
    actor: Actor


def save_part(command: SavePart) -> None:
    """Store one part of the draft; what is not in order yet is kept and named, never lost.

    Raises:
        NotFoundError: no such file or part.
        StaleDraftError: somebody else has saved the draft meanwhile.
    """
    if command.part not in PARTS:
        raise NotFoundError("没有这个部分")
    with transaction() as session:
        row = _unchanged(session, command)
        before = row.draft
        row.draft = complete(read_part(command.part, before, command.posted), row.code)
        if row.draft != before:
            _count(row, command.actor)
            detail = {"part": command.part, "revision": row.revision}
            record(session, command.actor.act("pack.draft_saved", f"own_pack:{row.id}", None, detail))


@dataclass(frozen=True, slots=True)
class ReadIn:
    """A whole draft from a YAML file, in place of the one that is there."""

    own_id: int
    revision: int
    text: str
    filename: str
    actor: Actor


def read_in(command: ReadIn) -> None:
    """Put a YAML file in place of the draft; earlier versions stay.

    Raises:
        PackError: not a rule file; with file and line.
        NotFoundError, StaleDraftError: as `save_part`.
    """
    draft = read_file(command.text, command.filename)
    with transaction() as session:
        row = _unchanged(session, command)
        row.draft = complete(draft, row.code)
        _count(row, command.actor)
        detail = {"file": command.filename, "revision": row.revision}
        record(session, command.actor.act("pack.draft_read_in", f"own_pack:{row.id}", None, detail))


def _unchanged(session: Session, command: "SavePart | ReadIn | HandOver") -> OwnPack:
    row = kept_pack(session, command.own_id, command.actor, lock=True)
    if row.revision != command.revision:
        raise StaleDraftError("%(who)s刚刚保存了这份草稿，您的填写没有存入；请刷新后再填", who=row.saved_by)
    return row


def _count(row: OwnPack, actor: Actor) -> None:
    row.revision += 1
    row.saved_at, row.saved_by = now(), actor.name


@dataclass(frozen=True, slots=True)
class HandOver:
    """Make the draft a version that somebody else may put in force."""

    own_id: int
    revision: int
    reason: str
    actor: Actor


def hand_over(command: HandOver) -> int:
    """Store the draft as a new version and return its number.

    Raises:
        InvalidInputError: no reason.
        UnfinishedDraftError: the strict reading refuses it.
        ConflictError: it says the same as the newest version.
        NotFoundError, StaleDraftError: as `save_part`.
    """
    reason = _reason(command.reason)
    with transaction() as session:
        row = _unchanged(session, command)
        text = _finished(row)
        newest = row.versions[-1] if row.versions else None
        if newest is not None and newest.document == text and newest.verdict in (None, Verdict.IN_FORCE):
            raise ConflictError("草稿与第 %(n)s 版相同，没有可提交的改动", n=newest.number)
        version = OwnPackVersion(
            number=len(row.versions) + 1,
            document=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            reason=reason,
            submitted_at=now(),
            submitted_by=command.actor.name,
            submitter=command.actor.key,
        )
        row.versions.append(version)
        session.flush()
        detail = {"version": version.number, "digest": version.digest, "reason": reason}
        record(session, command.actor.act("pack.handed_over", f"own_pack:{row.id}", None, detail))
        return version.number


def _finished(row: OwnPack) -> str:
    wrong = next(iter(faults(row.draft).values()), None)
    if wrong is not None:
        raise UnfinishedDraftError("草稿还不能提交。%(where)s：%(what)s", where=wrong.where, what=wrong.what)
    text = document(row.draft)
    pack = read_pack(text, f"{row.code}.yaml")
    if pack.supersedes is not None and pack.supersedes not in {known.id for known in load_packs()}:
        raise UnfinishedDraftError("取代的规则包“%(id)s”不存在", id=pack.supersedes)
    return text


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise InvalidInputError("请写明理由，理由将随规则留存")
    return reason


@dataclass(frozen=True, slots=True)
class DecideVersion:
    """Put a version in force, send it back, or withdraw it."""

    own_id: int
    number: int
    verdict: Verdict
    reason: str
    actor: Actor
    is_compared: bool = False
    """Whether this person has compared the version with the text that it quotes."""


def decide_version(command: DecideVersion) -> None:
    """Store a decision about a version; competitions that chose the file are held against it from now on.

    Raises:
        InvalidInputError: no reason, or the version claims to be an authority's text and nobody else compared it.
        NotFoundError: no such version.
        SamePersonError: the person handed the version over, and would put it in force alone.
        ConflictError: it was decided already, a newer one is in force, or there is nothing to withdraw.
    """
    reason = _reason(command.reason)
    with transaction() as session:
        row = kept_pack(session, command.own_id, command.actor, lock=True)
        version = version_of(row, command.number)
        _require_possible(row, version, command)
        version.decisions.append(
            OwnPackDecision(
                verdict=command.verdict,
                reason=reason,
                decided_at=now(),
                decided_by=command.actor.name,
                decider=command.actor.key,
            )
        )
        detail = {"version": version.number, "digest": version.digest, "reason": reason}
        action = f"pack.{command.verdict.value}"
        record(session, command.actor.act(action, f"own_pack:{row.id}", None, detail))


def _require_possible(row: OwnPack, version: OwnPackVersion, command: DecideVersion) -> None:
    if command.verdict is Verdict.WITHDRAWN:
        if version_in_force(row) is not version:
            raise ConflictError("第 %(n)s 版没有在施行，无可停用", n=version.number)
        return
    if version.verdict is not None:
        who = version.decisions[-1].decided_by
        raise ConflictError("第 %(n)s 版已由%(who)s处理", n=version.number, who=who)
    if command.verdict is Verdict.IN_FORCE:
        _require_second_person(row, version, command)


def _require_second_person(row: OwnPack, version: OwnPackVersion, command: DecideVersion) -> None:
    if version.submitter == command.actor.key:
        raise SamePersonError("您提交的版本须由另一位有权限的人核对后施行")
    if any(other.number > version.number and other.verdict is Verdict.IN_FORCE for other in row.versions):
        raise ConflictError("已有更新的版本施行，第 %(n)s 版不能再施行", n=version.number)
    pack = pack_of_document(version.document, row.code, version.number)
    if verified_marks(pack) and not command.is_compared:
        raise InvalidInputError("这一版标明来自发布机关原文，施行前须与原文逐条核对并勾选确认")


def version_of(row: OwnPack, number: int) -> OwnPackVersion:
    """A version of a file by its number.

    Raises:
        NotFoundError: none of this number.
    """
    found = next((version for version in row.versions if version.number == number), None)
    if found is None:
        raise NotFoundError("没有第 %(n)s 版", n=number)
    return found


def draft_as_pack(draft: Mapping[str, Tree], code: str) -> Pack:
    """The draft as rules, for a preview.

    Raises:
        UnfinishedDraftError: the strict reading refuses it.
    """
    wrong = next(iter(faults(draft).values()), None)
    if wrong is not None:
        raise UnfinishedDraftError("草稿还不能试算。%(where)s：%(what)s", where=wrong.where, what=wrong.what)
    return read_pack(document(draft), f"{code}.yaml")
