"""The commands `flask core accounts`, `password`, `batches` and `audit`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from core.account_care import ReplacePassword, all_accounts, replace_password
from core.accounts import Account
from core.audit import lines_of
from core.clock import BEIJING
from core.command_line import JSON, PROGRAM, echo_json, in_a_sentence
from core.db import db
from core.errors import NotFoundError
from core.jobs import Batch, BatchState
from core.second_factor.resetting import holders

_STATE_WORDS = {
    BatchState.QUEUED: "进行中",
    BatchState.DONE: "完成",
    BatchState.STOPPED: "已停止",
    BatchState.FAILED: "失败",
}


@click.command("accounts")
@JSON
@with_appcontext
def accounts_command(as_json: bool) -> None:
    """列出全部账号：角色、所在的竞赛编号（0 是整个系统）、两步验证；没有密码。"""
    having = {holder.account.id for holder in holders() if holder.has}
    found = all_accounts()
    if as_json:
        echo_json([_account(account, has_factor=account.id in having) for account in found])
        return
    for account in found:
        roles = "、".join(f"{grant.role_name}（{grant.competition_id or 0}）" for grant in account.grants)
        state = "" if account.is_active else "  已停用"
        factor = "  两步验证" if account.id in having else ""
        click.echo(f"{account.username:<20} {account.display_name}  {roles or '没有角色'}{factor}{state}")


def _account(account: Account, *, has_factor: bool) -> dict[str, Any]:
    return {
        "login": account.username,
        "name": account.display_name,
        "is_active": account.is_active,
        "created_at": account.created_at.isoformat(),
        "second_factor": has_factor,
        "roles": [{"role": grant.role.value, "competition": grant.competition_id} for grant in account.grants],
    }


@click.command("password")
@click.argument("login", metavar="登录名")
@click.password_option(prompt="新密码", confirmation_prompt="再输一次")
@with_appcontext
def password_command(login: str, password: str) -> None:
    """给忘记密码的人换一个；此账号在所有设备上退出，记入审计记录。"""
    with in_a_sentence():
        account_id = db.session.scalar(select(Account.id).where(Account.username == login.strip().lower()))
        if account_id is None:
            raise NotFoundError("没有这个账号")
        replace_password(ReplacePassword(account_id, password, PROGRAM))
    click.echo(f"已更换 {login} 的密码，此账号已在所有设备上退出")


@click.command("batches")
@click.option("--all", "with_done", is_flag=True, help="完成的也列出。")
@JSON
@with_appcontext
def batches_command(with_done: bool, as_json: bool) -> None:
    """列出还没完成的批量任务；有失败的退出码为 1。"""
    query = select(Batch).order_by(Batch.id)
    found = db.session.scalars(query if with_done else query.where(Batch.state != BatchState.DONE)).all()
    if as_json:
        echo_json([_batch(batch) for batch in found])
    for batch in () if as_json else found:
        when = f"{batch.created_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        line = f"{batch.id}  竞赛 {batch.competition_id}  {batch.title}  {batch.done}/{batch.total}"
        click.echo(f"{line}  {_STATE_WORDS[batch.state]}  {when}  {batch.message}".rstrip())
    if any(batch.state is BatchState.FAILED for batch in found):
        raise SystemExit(1)


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.id,
        "kind": batch.kind,
        "title": batch.title,
        "competition": batch.competition_id,
        "done": batch.done,
        "total": batch.total,
        "state": batch.state.value,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
        "message": batch.message,
    }


@click.command("audit")
@click.argument("chain", type=click.IntRange(min=0), metavar="链")
@click.option("--after", type=click.IntRange(min=0), default=0, help="只要第几条以后的；隔一段时间取一次新的。")
@with_appcontext
def audit_command(chain: int, after: int) -> None:
    """逐行以 JSON 输出一条审计链：竞赛编号，0 是系统；与存档里的 chain.jsonl 一样，可以自行重算哈希。"""
    for line in _lines(chain, after):
        click.echo(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode())


def _lines(chain: int, after: int) -> Iterator[Mapping[str, Any]]:
    for entry in lines_of(db.session(), chain):
        if entry["number"] > after:
            yield dict(entry) | {"at": entry["at"].isoformat()}
