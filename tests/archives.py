"""Archives of competitions under test: written, read, taken in, and two of them held against each other up to ids."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from factories import make_account
from flask import Flask
from installation import make_app, make_settings
from juries import JURY_SCHEME, Jury
from made_once import leave

from certificates.archive.checking import Content, read_content
from certificates.archive.coverage import columns, is_json, is_uuid, key_of, tables, target_of
from certificates.archive.exporting import write_archive
from certificates.archive.importing import ImportArchive, Imported, import_archive
from certificates.archive.manifest import Manifest
from certificates.archive.references import renamed_actor, renamed_detail, renamed_document, renamed_target
from certificates.archive.zip_file import opened
from competitions.lifecycle import CompetitionState
from competitions.models import Competition
from core.auth import Actor, SubjectKind
from core.db import db, transaction
from core.permissions import Role
from scoring.results.computing import ComputeResult, PublishResult, compute_result, publish_result
from scoring.sheets.review import ConfirmSubmitted, confirm_submitted

PASSPHRASE = "红烧牛肉面加两个鸡蛋一根肠"
Ids = Mapping[str, Mapping[int, int]]


def written(competition_id: int, path: Path, passphrase: str = "", *, with_certificates: bool = True) -> Manifest:
    """The archive of a competition as it stands now."""
    db.session.rollback()
    with path.open("w+b") as file:
        manifest = write_archive(db.session(), competition_id, file, passphrase, with_certificates=with_certificates)
    db.session.rollback()
    return manifest


def bytes_of(competition_id: int, passphrase: str = "") -> bytes:
    """The same, in memory."""
    db.session.rollback()
    file = io.BytesIO()
    write_archive(db.session(), competition_id, file, passphrase)
    db.session.rollback()
    return file.getvalue()


def content(path: Path, passphrase: str = "") -> Content:
    """What an archive holds; it raises where anything does not fit."""
    with opened(path) as archive:
        return read_content(archive, passphrase)


def ids_of(path: Path, generation: int = 1) -> Ids:
    """Table → id on the earlier server → id here, as a second archive tells it."""
    with opened(path) as archive:
        given = json.loads(archive.read(f"earlier/{generation}/ids.json"))
    return {table: {int(old): new for old, new in rows.items()} for table, rows in given.items()}


@contextmanager
def another_server(folder: Path, template: Path) -> Iterator[Flask]:
    """A second installation with its own database, keys and folder; nothing runs on it until its context is entered."""
    folder.mkdir()
    (folder / "competition.sqlite3").write_bytes(template.read_bytes())
    app = make_app(make_settings(folder, DATA_KEY="e" * 40, BASE_URL="https://province.example"))
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            leave(db.engine)


def administrator() -> Actor:
    """A system administrator with an account."""
    account = make_account(role=Role.SYSTEM_ADMIN)
    return Actor(SubjectKind.ACCOUNT, account.id, account.display_name, 0, {None: frozenset({Role.SYSTEM_ADMIN})})


def taken_in(path: Path, passphrase: str = "", actor: Actor | None = None) -> Imported:
    """Take an archive in on the server whose context is entered."""
    return import_archive(ImportArchive(path, actor or administrator(), passphrase))


def require_same(before: Content, after: Content, ids: Ids) -> None:
    """Every row of `before` stands in `after` under the ids that were given to it, and no other row does.

    Ids must be given one to one. Beside ids only these differ: keys of devices, which map one to one; the account of
    whoever took the archive in; and what the first line of the new chain tells.
    """
    for given in ids.values():
        assert len(set(given.values())) == len(given)
    keys: dict[Any, Any] = {}
    for name, table in tables().items():
        expected = [_moved(table, row, ids) for row in before.rows.get(name, ())]
        found = [dict(row) for row in after.rows.get(name, ())]
        if name == "account":
            found = [row for row in found if row["id"] in set(ids.get("account", {}).values())]
        assert len(found) == len(expected), name
        order = [column.name for column in table.primary_key]
        for one, other in zip(_sorted(expected, order), _sorted(found, order), strict=True):
            for column in table.columns:
                if is_uuid(column) and one.get(column.name) is not None:
                    assert keys.setdefault(one.pop(column.name), other[column.name]) == other.pop(column.name)
            assert one == other, name
    assert len(set(keys.values())) == len(keys)
    _require_same_record(before, after, ids)
    assert {ids["person"][old]: told for old, told in before.personal.persons.items()} == after.personal.persons


def _moved(table: Any, row: Mapping[str, Any], ids: Ids) -> dict[str, Any]:
    moved = dict(row) | {
        column.name: _value(table, column, row[column.name], ids)
        for column in columns(table)
        if row[column.name] is not None
    }
    if table.name == "draw_record" and "renamed" not in row["record"]:
        drawn = {one[0]: str(ids["entrant"][int(one[0])]) for one in row["record"]["places"]}
        moved["record"] = row["record"] | {"renamed": drawn}
    if table.name == "judge_draw" and "renamed" not in row["record"]:
        listed = {one[0]: str(ids["judge"][int(one[0])]) for one in row["record"]["judges"]}
        moved["record"] = row["record"] | {"renamed": listed}
    if table.name == "work_layer" and row.get("codes") is None:
        moved["drawn_at"] = None  # nobody has opened it: its codes stay behind
    if table.name == "work_layer" and row.get("codes") and row["number"] == 1:
        drawn = {inner: str(ids["entrant"][int(inner)]) for inner, _ in row["codes"]["pairs"]}
        moved["codes"] = row["codes"] | {"renamed": drawn}
    return moved


def _value(table: Any, column: Any, value: Any, ids: Ids) -> Any:
    target = table.name if column is key_of(table) else target_of(column)
    if target is not None and isinstance(value, int):
        return ids[target][value]
    if is_json(column):
        return renamed_document(table.name, column.name, value, _known(ids))
    return renamed_actor(value, ids) if type(value) is str else value


def _known(ids: Ids) -> Any:
    return lambda table, old: ids.get(table, {}).get(old, -old)


def _sorted(rows: list[dict[str, Any]], order: list[str]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [row[name] for name in order])


def _require_same_record(before: Content, after: Content, ids: Ids) -> None:
    told = [(line["at"], line["actor_name"], line["action"], *_told(line, ids)) for line in before.chain]
    first, *rest = after.chain
    assert first["action"] == "competition.imported"
    assert first["detail"]["last_hash"] == (before.chain[-1]["hash"] if before.chain else "0" * 64)
    assert first["detail"]["lines"] == len(before.chain)
    found = [
        (line["at"], line["actor_name"], line["action"], line["actor"], line["target"], line["detail"])
        for line in rest[: len(told)]
    ]
    assert found == told


def _told(line: Mapping[str, Any], ids: Ids) -> tuple[Any, ...]:
    return (
        renamed_actor(line["actor"], ids),
        renamed_target(line["target"], ids),
        renamed_detail(line["detail"], ids),
    )


def over(competition_id: int, state: CompetitionState = CompetitionState.ARCHIVED) -> int:
    """The competition, brought to its end by hand."""
    with transaction() as session:
        session.get_one(Competition, competition_id).state = state
    return competition_id


def finished(
    votes: Sequence[tuple[str, str, str]] = (("3", "3", "2"), ("1", "2", "1"), ("2", "2", "3")),
    scheme: Any = JURY_SCHEME,
    prepare: Callable[[Jury], object] = lambda _: None,
) -> Jury:
    """A jury's competition with a published result and everything that led to it; `prepare` comes before the marks."""
    jury = Jury(scheme, contestants=len(votes))
    prepare(jury)
    for place, one in enumerate(votes):
        jury.hand_in(*one, entrant=place)
    confirm_submitted(ConfirmSubmitted(jury.competition_id, jury.module_id, jury.chief))
    snapshot = compute_result(ComputeResult(jury.competition_id, jury.event_id, jury.organiser))
    publish_result(PublishResult(jury.competition_id, snapshot, False, jury.organiser, "测试：当天公布"))
    over(jury.competition_id)
    return jury


def forge(path: Path, name: str, change: Callable[[str], str]) -> None:
    """Change one file and make the manifest agree, as somebody would who knows the format."""
    with zipfile.ZipFile(path) as archive:
        files = {info: archive.read(info) for info in archive.namelist()}
    files[name] = change(files[name].decode()).encode()
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        if entry["path"] == name:
            entry["size"], entry["sha256"] = len(files[name]), hashlib.sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=False).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in files.items():
            archive.writestr(info, data)
