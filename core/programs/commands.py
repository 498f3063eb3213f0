"""Commands of access tokens: `flask core program-…`."""

import json
from datetime import datetime, timedelta

import click
from flask import current_app
from sqlalchemy import select

from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.cli import cli
from core.clock import competition_day
from core.db import db
from core.errors import DomainError
from core.programs.listing import Listed, programs_of
from core.programs.making import MakeProgram, RevokeProgram, make_program, revoke_program
from core.programs.scopes import SCOPES

COMMAND_LINE = Actor(SubjectKind.ACCOUNT, 0, "命令行", 0)
DAYS = 90
_NAMES = [scope.permission.removeprefix("program.") for scope in SCOPES]


@cli.command("program-list")
@click.argument("competition_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def list_command(competition_id: int, as_json: bool) -> None:
    """列出竞赛 COMPETITION_ID 的访问令牌：用途、谁建的、到什么时候、最近使用；令牌本身不会再显示。"""
    found = programs_of(db.session(), competition_id)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        scopes = ",".join(scope.permission.removeprefix("program.") for scope in one.scopes)
        click.echo(f"{one.program.id}  {one.standing.value}  {one.program.name}  {scopes}  {one.maker}  {one.last_day}")


def _as_json(one: Listed) -> dict[str, object]:
    return {
        "id": one.program.id,
        "name": one.program.name,
        "purpose": one.program.purpose,
        "permissions": one.program.permissions,
        "made_by": one.maker,
        "made_at": one.program.made_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "used_at": one.used_at.isoformat() if one.used_at else None,
        "standing": one.standing.value,
        "ended_why": one.why.value if one.ended_at else None,
    }


@cli.command("program-make")
@click.argument("competition_id", type=int)
@click.option("--name", required=True, help="程序的名称，审计记录里用它。")
@click.option("--purpose", required=True, help="做什么用，归谁管理。")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(_NAMES), help="可读的内容，可写几个。"
)
@click.option("--by", "login", required=True, help="由谁负责：登录名。令牌的权限不超过此人的，此人失去权限时令牌失效。")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help=f"有效到哪天；不写是 {DAYS} 天。")
def make_command(
    competition_id: int, name: str, purpose: str, scopes: tuple[str, ...], login: str, until: datetime | None
) -> None:
    """为竞赛 COMPETITION_ID 建一个访问令牌，写到标准输出；它只显示这一次。"""
    account_id = db.session.scalar(select(Account.id).where(Account.username == login.strip().lower()))
    if account_id is None:
        raise click.ClickException(f"没有登录名为 {login} 的账号")
    last_day = until.date() if until else competition_day() + timedelta(days=DAYS)
    permissions = tuple(f"program.{scope}" for scope in scopes)
    command = MakeProgram(competition_id, name, purpose, permissions, last_day, account_id, COMMAND_LINE)
    try:
        current_app.config["COMPETITION_OF"](competition_id)
        made = make_program(command)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"令牌 {made.program_id}“{made.name}”有效到 {last_day}", err=True)
    click.echo(made.token)


@cli.command("program-revoke")
@click.argument("competition_id", type=int)
@click.argument("program_id", type=int)
def revoke_command(competition_id: int, program_id: int) -> None:
    """停用竞赛 COMPETITION_ID 的访问令牌 PROGRAM_ID，立即生效。"""
    try:
        name = revoke_program(RevokeProgram(competition_id, program_id, COMMAND_LINE))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已停用“{name}”")
