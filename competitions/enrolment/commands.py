"""Commands of online registration: who was handed in, for a file or another program, and the decisions upon them."""

from pathlib import Path

import click

from competitions.cli import cli
from competitions.enrolment.deciding import ApproveEntries, ReturnEntry, approve_entries, return_entry
from competitions.enrolment.listing import HEADINGS, handed_in, line_of, workbook_of
from competitions.enrolment.models import EnrolmentEntry, EntryState
from competitions.enrolment.taking_back import TakeBackApproval, take_back_approval
from competitions.setup import competition_of
from core.command_line import JSON, PROGRAM, echo_csv, echo_json
from core.db import db
from core.errors import DomainError, NotFoundError
from core.rows import row_in

_STATES = click.Choice([state.value for state in EntryState if state is not EntryState.DRAFT])
_STATE = click.option("--state", type=_STATES, help="只要这种状态的：待审核、已退回、已通过。")


def _chosen(competition_id: int, state: str | None) -> list[EnrolmentEntry]:
    try:
        competition_of(competition_id)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    return list(handed_in(competition_id, EntryState(state) if state else None))


@cli.command("enrolled")
@click.argument("competition_id", type=int)
@_STATE
@JSON
def enrolled_command(competition_id: int, state: str | None, as_json: bool) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 各代表队报送的人员，证件号码只有首尾几位；没有报送的草稿不列。"""
    lines = [line_of(one) for one in _chosen(competition_id, state)]
    if as_json:
        echo_json([dict(zip(HEADINGS, line, strict=True)) for line in lines])
    else:
        echo_csv(HEADINGS, lines)


@cli.command("enrolled-export")
@click.argument("competition_id", type=int)
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@_STATE
def export_command(competition_id: int, out: Path, state: str | None) -> None:
    """把竞赛 COMPETITION_ID 各代表队报送的人员写成工作簿 OUT（.xlsx）。"""
    entries = _chosen(competition_id, state)
    out.write_bytes(workbook_of(entries))
    click.echo(f"已写出 {out}，{len(entries)} 人", err=True)


@cli.command("enrolled-approve")
@click.argument("competition_id", type=int)
@click.argument("entries", nargs=-1, required=True, metavar="编号:版本…")
def approve_command(competition_id: int, entries: tuple[str, ...]) -> None:
    """通过竞赛 COMPETITION_ID 里这些人员的报名，全部通过或全不通过；编号和版本见 enrolled，版本变了就拒绝。"""
    seen = tuple(_seen(text) for text in entries)
    try:
        done = approve_entries(ApproveEntries(competition_id, seen, PROGRAM))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"通过 {done.people} 人，进入参赛名单 {done.entrants} 个，等同队其他人 {done.waiting} 人")


def _seen(text: str) -> tuple[int, int]:
    number, colon, revision = text.partition(":")
    if not colon or not number.isdecimal() or not revision.isdecimal():
        raise click.BadParameter(f"应写成“编号:版本”，不能是“{text}”")
    return int(number), int(revision)


@cli.command("enrolled-return")
@click.argument("competition_id", type=int)
@click.argument("entry", metavar="编号:版本")
@click.option("--reason", required=True, help="退回的理由，单位会看到。")
def return_command(competition_id: int, entry: str, reason: str) -> None:
    """把竞赛 COMPETITION_ID 里的一名人员退回单位；已通过并进入参赛名单的，撤销通过。"""
    entry_id, revision = _seen(entry)
    try:
        if _has_entrant(competition_id, entry_id):
            take_back_approval(TakeBackApproval(competition_id, entry_id, revision, reason, PROGRAM))
            click.echo("已撤销通过，退回单位")
            return
        return_entry(ReturnEntry(competition_id, entry_id, revision, reason, PROGRAM))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo("已退回单位")


def _has_entrant(competition_id: int, entry_id: int) -> bool:
    missing = NotFoundError("没有这名人员")
    return row_in(db.session(), EnrolmentEntry, competition_id, entry_id, missing).entrant_id is not None
