"""An archive held against itself, with no database: files, audit chain, rows, references, digests of results."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Table

from certificates.archive.coverage import COMPETITION, columns, key_of, tables, target_of
from certificates.archive.locking import Box
from certificates.archive.manifest import CERTIFICATES, CHAIN, EARLIER, PERSONAL, BadArchiveError
from certificates.archive.personal import Unsealed, unsealed
from certificates.archive.rows import lines, read_rows
from certificates.archive.zip_file import Archive
from core.audit import breaks_of
from scoring.results.computing import digest_of

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
_CHAIN_COLUMNS = {
    "chain": int,
    "number": int,
    "actor": str,
    "actor_name": str,
    "action": str,
    "target": str,
    "hash": str,
}


@dataclass(frozen=True, slots=True)
class Content:
    """What an archive holds, read and found to fit together; ids are those of the server that wrote it."""

    rows: Rows
    chain: Sequence[Mapping[str, Any]]
    personal: Unsealed


def read_content(archive: Archive, passphrase: str = "") -> Content:
    """Read an archive whole.

    Args:
        archive: an open one.
        passphrase: for what stands under it; empty leaves that closed.

    Raises:
        BadArchiveError: something is damaged, changed, missing or unknown.
        PassphraseError: it does not open the archive.
    """
    archive.check()
    chain = _chain(archive)
    rows = _rows(archive)
    _check_references(rows)
    _check_snapshots(archive, rows)
    _check_certificates(archive, rows)
    return Content(rows, chain, _personal(archive, passphrase))


def _chain(archive: Archive) -> list[Mapping[str, Any]]:
    manifest = archive.manifest
    chain = [_chain_line(row) for row in lines(CHAIN, archive.read(CHAIN))]
    for broken in breaks_of(manifest.competition, (manifest.chain_length, manifest.chain_end), chain):
        raise BadArchiveError("存档文件的审计链在第 %(n)s 条处断裂，记录被改动过", n=broken.number)
    return chain


def _chain_line(row: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        if any(type(row[name]) is not kind for name, kind in _CHAIN_COLUMNS.items()) or type(row["detail"]) is not dict:
            raise TypeError(row)
        at = datetime.fromisoformat(row["at"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadArchiveError("存档文件的审计链里有读不懂的记录") from error
    if at.tzinfo is None:
        raise BadArchiveError("存档文件的审计链里有读不懂的记录")
    return {**row, "at": at}


def _rows(archive: Archive) -> dict[str, Sequence[Mapping[str, Any]]]:
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for path in archive.names("tables"):
        name = path.removeprefix("tables/").removesuffix(".jsonl")
        if name not in tables():
            raise BadArchiveError(
                "存档文件里有本程序不认识的表“%(table)s”；存档可能由更新的程序导出，请先升级", table=name
            )
        found[name] = read_rows(tables()[name], archive.read(path), lambda digest: archive.read(f"files/{digest}"))
    counts = {name: len(rows) for name, rows in found.items()}
    if counts != dict(archive.manifest.counts):
        raise BadArchiveError("存档文件各表的行数与清单不符")
    own = found.get(COMPETITION, [])
    if len(own) != 1 or own[0]["id"] != archive.manifest.competition:
        raise BadArchiveError("存档文件里应当恰有一项竞赛")
    return found


def _check_references(rows: Rows) -> None:
    """Every id that a row names is there, and no id is there twice."""
    keys = {name: _keys(tables()[name], found) for name, found in rows.items()}
    for name, found in rows.items():
        for column in columns(tables()[name]):
            target = target_of(column)
            if target is None:
                continue
            known = keys.get(target, frozenset())
            if any(row[column.name] is not None and row[column.name] not in known for row in found):
                raise BadArchiveError(
                    "“%(path)s”提到的 %(table)s 不在存档里", path=f"tables/{name}.jsonl", table=target
                )


def _keys(table: Table, rows: Sequence[Mapping[str, Any]]) -> frozenset[Any]:
    names = [column.name for column in table.primary_key]
    found = [tuple(row[name] for name in names) for row in rows]
    if len(set(found)) != len(found) or (key_of(table) is not None and any(key[0] < 1 for key in found)):
        raise BadArchiveError("“%(path)s”里有重复的编号", path=f"tables/{table.name}.jsonl")
    return frozenset(key[0] for key in found) if len(names) == 1 else frozenset(found)


def _check_snapshots(archive: Archive, rows: Rows) -> None:
    """Every result has the digest under which it was published, by the ids of the server that computed it."""
    names = [dict[int, int](), *_former_ids(archive)]
    by_snapshot: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows.get("result_line", ()):
        by_snapshot.setdefault(row["snapshot_id"], []).append(row)
    for snapshot in rows.get("result_snapshot", ()):
        found = sorted(by_snapshot.get(snapshot["id"], []), key=lambda row: row["position"])
        if not any(_digest(snapshot, found, ids) == snapshot["digest"] for ids in names):
            raise BadArchiveError("第 %(n)s 号成绩快照与公布时的摘要不符，成绩被改动过", n=snapshot["id"])


def _check_certificates(archive: Archive, rows: Rows) -> None:
    """Every file of a certificate is one that was registered under its digest."""
    known = {row["digest"] for name in ("certificate", "certificate_file") for row in rows.get(name, ())}
    for path in archive.names(CERTIFICATES):
        digest = archive.entries[path].sha256
        if path != f"{CERTIFICATES}/{digest}.pdf" or digest not in known:
            raise BadArchiveError("存档里的证书文件 %(path)s 与证书登记的摘要不符", path=path)


def _digest(snapshot: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], ids: Mapping[int, int]) -> str:
    as_then = [
        SimpleNamespace(**(dict(row) | {"entrant_id": ids.get(row["entrant_id"], row["entrant_id"])})) for row in rows
    ]
    return digest_of(snapshot["document"], as_then)  # type: ignore[arg-type]  # reads attributes alone


def _former_ids(archive: Archive) -> Iterator[dict[int, int]]:
    """Entrant's id of this archive → the id on each earlier server, the newest of them first."""
    paths = {int(match[1]): path for path in archive.entries if (match := EARLIER.fullmatch(path))}
    now_then: dict[int, int] | None = None
    for number in sorted(paths, reverse=True):
        try:
            given = json.loads(archive.read(f"earlier/{number}/ids.json")).get("entrant", {})
            back = {int(new): int(old) for old, new in given.items()}
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise BadArchiveError("“%(path)s”读不懂", path=f"earlier/{number}/ids.json") from error
        now_then = back if now_then is None else {new: back[old] for new, old in now_then.items() if old in back}
        yield now_then


def _personal(archive: Archive, passphrase: str) -> Unsealed:
    if not passphrase:
        return Unsealed()
    lock = archive.manifest.lock
    if lock is None:
        raise BadArchiveError("存档里没有加密的个人信息，不用填写口令")
    text = Box(passphrase, lock).open(PERSONAL, archive.read(PERSONAL))
    return unsealed(lines(PERSONAL, text))
