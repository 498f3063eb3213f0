"""Taking an archive in as a new competition: everything in one transaction, or nothing at all.

The chain of the other server is kept word for word beside the database. The new chain begins with a line that quotes
its end; behind that line it is told once more with the ids of here, since pages read from the record who came when,
who confirmed and what was corrected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from certificates.archive import earlier, meeting
from certificates.archive.checking import read_content
from certificates.archive.coverage import COMPETITION, SHARED, columns, is_uuid, key_of, tables, target_of
from certificates.archive.exporting import digest_of
from certificates.archive.filling import Row, Taking, row_here
from certificates.archive.locking import Box
from certificates.archive.manifest import CERTIFICATES, BadArchiveError, Manifest, Verdict
from certificates.archive.naming import Names
from certificates.archive.recomputing import verdicts
from certificates.archive.references import renamed_actor, renamed_detail, renamed_target
from certificates.archive.zip_file import opened
from certificates.incoming.doing import Doer
from certificates.issue import kept_files
from competitions.models import Competition
from core.accounts import RoleGrant
from core.audit import record, transcribe
from core.auth import Actor, SubjectKind
from core.clock import now
from core.db import transaction
from core.permissions import Role
from scoring.paper_entry.models import hand_in_key
from scoring.photos import files as photos

CHUNK = 500
UNREADABLE = (IntegrityError, DataError, LookupError, TypeError, ValueError, AttributeError)
"""What comes of rows that no program of ours has written: the database refuses them, or they are of another shape."""


@dataclass(frozen=True, slots=True)
class ImportArchive:
    """Take in the archive at `path`; whoever does it becomes the competition's organiser.

    `passphrase` opens document numbers, telephones and handed-in papers; empty leaves them closed, and out.
    """

    path: Path
    actor: Doer
    passphrase: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an archive."""

    competition_id: int
    title: str
    lines: int
    """Of the audit chain that were told once more."""
    certificates_here: int
    """Certificates that this server had already, and that were not made twice."""
    renumbered: int
    """Certificates registered with their code behind the number, since another certificate has that number here."""
    has_personal: bool


def import_archive(command: ImportArchive) -> Imported:
    """Store a competition as its archive has it, under ids of this server, and return what became of it.

    Raises:
        BadArchiveError: the file is no archive, damaged, changed, of a newer program, or its results do not follow
            from its marks as they did on the server that wrote it.
        PassphraseError: the passphrase does not open it.
        OtherNameError: a document number is known here under another name.
    """
    with opened(command.path) as archive:
        content = read_content(archive, command.passphrase)
        lock = archive.manifest.lock
        box = Box(command.passphrase, lock) if command.passphrase and lock else None
        digest = digest_of(command.path)
        written: list[Path] = []
        try:
            with transaction() as session:
                names = Names()
                names.add(session, tables()[COMPETITION], content.rows[COMPETITION])
                here = names.of(COMPETITION, archive.manifest.competition)
                met = meeting.certificates_met(session, content.rows)
                work = Taking(session, archive, content, names, here, box, met, written)
                return _take_in(work, command, digest)
        except BaseException as error:
            for path in written:
                path.unlink(missing_ok=True)
            if isinstance(error, UNREADABLE):
                raise BadArchiveError("存档里有不合规矩的记录，没有导入任何内容") from error
            raise


def _take_in(work: Taking, command: ImportArchive, digest: str) -> Imported:
    manifest = work.archive.manifest
    _write_rows(work)
    _write_photos(work)
    _keep_certificates(work)
    _check_results(work, manifest)
    title = _own_title(work.session, work.competition_id)
    _write_record(work, command.actor, digest, title)
    if isinstance(command.actor, Actor) and command.actor.kind is SubjectKind.ACCOUNT:
        _make_organiser(work, command.actor)
    return Imported(
        competition_id=work.competition_id,
        title=title,
        lines=len(work.content.chain),
        certificates_here=len(work.met.rows.get("certificate", ())),
        renumbered=len(work.met.renumbered),
        has_personal=work.box is not None,
    )


def _write_rows(work: Taking) -> None:
    """All rows, those that others refer to first; ids are known before the first is written."""
    session, names = work.session, work.names
    _name_rows(work)
    _set_keys_apart(work)
    shared = {
        "account": meeting.accounts(session, work.rows("account"), names, work.competition_id),
        "person": meeting.people(session, work.rows("person"), work.content.personal, names),
        "layout": meeting.layouts(session, work.rows("layout"), names),
        "number_series": meeting.series(session, work.rows("number_series"), names),
        "stored_file": meeting.stored_files(session, work.rows("stored_file")),
    }
    left_out = _left_out(work)
    for name, table in tables().items():
        own = [row for row in work.rows(name) if _key(table, row) not in left_out.get(name, frozenset())]
        rows = shared[name] if name in SHARED else [row_here(work, table, row) for row in own]
        _insert(session, table, rows)
    session.flush()


def _name_rows(work: Taking) -> None:
    for name, table in tables().items():
        if name not in SHARED and name != COMPETITION and key_of(table) is not None:
            work.names.add(work.session, table, work.rows(name))
    for name, gone in _left_out(work).items():
        work.names.forget(name, gone)


def _set_keys_apart(work: Taking) -> None:
    """Give every save a key of its own if the saves of this competition are here already, as on its own server."""
    if not any(_is_known(work, table) for table in tables().values()):
        return
    work.names.apart = uuid4()
    for row in work.rows("paper_outcome"):
        if row["save_key"] is not None:
            work.names.keys[hand_in_key(row["save_key"])] = hand_in_key(work.names.key(row["save_key"]))


def _is_known(work: Taking, table: Table) -> bool:
    """Whether the oldest key of a table's rows is here; such rows are never deleted."""
    for column in columns(table):
        keys = [row[column.name] for row in work.rows(table.name) if row[column.name] is not None]
        if is_uuid(column) and keys:
            return work.session.scalar(select(column).where(column == keys[0])) is not None
    return False


def _key(table: Table, row: Row) -> Any:
    return row[next(iter(table.primary_key)).name]


def _left_out(work: Taking) -> dict[str, frozenset[Any]]:
    """Rows that are not written: certificates that are here already, and what hangs on them."""
    found: dict[str, frozenset[Any]] = dict(work.met.rows)
    for name, table in tables().items():
        for column in columns(table):
            gone = found.get(str(target_of(column)), frozenset())
            if gone and not column.nullable:
                hanging = {_key(table, row) for row in work.rows(name) if row[column.name] in gone}
                found[name] = found.get(name, frozenset()) | hanging
    return found


def _insert(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of a table; what refers to rows of the same table is set when all of them are there."""
    loops = [column.name for column in columns(table) if target_of(column) == table.name]
    first = [row | dict.fromkeys(loops) for row in rows]
    for start in range(0, len(first), CHUNK):
        session.execute(insert(table), first[start : start + CHUNK])
    for row in rows:
        later = {name: row[name] for name in loops if row[name] is not None}
        if later:
            session.execute(update(table).where(table.c.id == row["id"]).values(later))


def _write_photos(work: Taking) -> None:
    folder = photos.photo_folder()
    for path in work.archive.names("photos"):
        digest = path.removeprefix("photos/").removesuffix(".jpg")
        data = work.archive.read(path)
        if photos.digest_of(data) != digest:
            raise BadArchiveError("存档里的照片 %(path)s 与它的摘要不符", path=path)
        target = photos.path_of(folder, digest)
        if not target.exists():
            photos.keep(folder, data)
            work.written.append(target)


def _keep_certificates(work: Taking) -> None:
    """Files of the certificates that are new here, as they were issued."""
    here = work.met.rows.get("certificate", frozenset())
    met = {row["digest"] for row in work.rows("certificate") if row["id"] in here}
    for path in work.archive.names(CERTIFICATES):
        if work.archive.entries[path].sha256 not in met:
            kept = kept_files.keep(work.archive.read(path))
            work.written += [kept] if kept else []


def _check_results(work: Taking, manifest: Manifest) -> None:
    """What is reckoned from the marks as they stand here must agree with what was published, as it did there."""
    names = work.names
    there = {
        Verdict(names.of("event", one.event), names.of("result_snapshot", one.snapshot), one.agrees)
        for one in manifest.results
    }
    here = set(verdicts(work.session, work.competition_id))
    for one in sorted(there ^ here, key=lambda verdict: verdict.event):
        raise BadArchiveError(
            "由存档里的评分重新计算，第 %(n)s 个赛项的成绩与原服务器上的结论不一致，没有导入任何内容",
            n=1 + sorted(names.ids["event"].values()).index(one.event),
        )


def _own_title(session: Session, competition_id: int) -> str:
    """The competition's title; where another has it here, it is told apart."""
    competition = session.get_one(Competition, competition_id)
    taken = select(Competition.id).where(Competition.title == competition.title, Competition.id != competition_id)
    if session.scalar(taken.limit(1)) is not None:
        competition.title = f"{competition.title}（导入）"
        session.flush()
    return competition.title


def _write_record(work: Taking, actor: Doer, digest: str, title: str) -> None:
    """The first line, which says where all of it comes from, and behind it the lines of the other chain."""
    manifest, names = work.archive.manifest, work.names
    kept, is_new = earlier.keep(earlier.packed(work.archive, names.ids))
    if is_new:
        work.written.append(earlier.path_of(kept))
    detail = {
        "title": title,
        "archive": digest,
        "made_at": manifest.made_at,
        "from": manifest.address,
        "server": manifest.server,
        "competition": manifest.competition,
        "lines": manifest.chain_length,
        "last_hash": manifest.chain_end,
        "earlier": kept,
        "personal": work.box is not None,
        "certificates_here": len(work.met.rows.get("certificate", ())),
        "renumbered": len(work.met.renumbered),
    }
    target = f"{COMPETITION}:{work.competition_id}"
    record(work.session, actor.act(earlier.IMPORTED, target, work.competition_id, detail))
    transcribe(work.session, work.competition_id, [_told_again(work, line) for line in work.content.chain])


def _told_again(work: Taking, line: Row) -> dict[str, Any]:
    ids = work.names.ids
    return {
        "at": line["at"],
        "actor": renamed_actor(line["actor"], ids),
        "actor_name": line["actor_name"],
        "action": line["action"],
        "target": renamed_target(line["target"], ids),
        "detail": renamed_detail(line["detail"], ids),
    }


def _make_organiser(work: Taking, actor: Actor) -> None:
    work.session.add(
        RoleGrant(
            account_id=actor.subject_id,
            competition_id=work.competition_id,
            role=Role.ORGANISER,
            granted_at=now(),
            granted_by=actor.key,
        )
    )
