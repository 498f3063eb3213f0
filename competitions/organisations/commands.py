"""Commands of organisations: `flask competitions organisations …`."""

import json
from collections.abc import Callable

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from competitions.cli import cli
from competitions.organisations.belonging import SetOrganisation, set_organisation
from competitions.pack_editing.owning import SetPackHome, set_pack_home
from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.db import db
from core.errors import DomainError, NotFoundError
from core.organisations import keeping
from core.organisations.models import Organisation
from core.organisations.reading import lines

PROGRAM = Actor(SubjectKind.ACCOUNT, 0, "命令行", 0)
group = AppGroup("organisations", help="办赛单位：有哪些，谁管理，哪些竞赛、账号和规则归它。")
cli.add_command(group)
NOBODY = "-"
"""Instead of an organisation's name: the server's own."""


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
@with_appcontext
def list_command(as_json: bool) -> None:
    """列出办赛单位。"""
    found = lines()
    if as_json:
        rows = [
            {
                "id": line.organisation.id,
                "name": line.organisation.name,
                "short_name": line.organisation.short_name,
                "is_open": line.organisation.is_open,
                "admins": list(line.admins),
                "competitions": line.competitions,
                "accounts": line.accounts,
            }
            for line in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1).encode())
        return
    for line in found:
        state = "启用" if line.organisation.is_open else "停用"
        admins = "、".join(line.admins) or "没有管理员"
        click.echo(f"{line.organisation.name}  {state}  {line.competitions} 项竞赛  {line.accounts} 个账号  {admins}")


@group.command("add")
@click.argument("name")
@click.option("--short-name", default="", help="简称。")
@with_appcontext
def add_command(name: str, short_name: str) -> None:
    """建立名为 NAME 的办赛单位。"""
    _run(lambda: keeping.add_organisation(keeping.AddOrganisation(name, short_name, PROGRAM)))
    click.echo(f"已建立 {name}")


@group.command("close")
@click.argument("name")
@click.option("--reopen", is_flag=True, help="重新启用。")
@with_appcontext
def close_command(name: str, reopen: bool) -> None:
    """停用 NAME；正在进行的竞赛照常办理。"""
    _run(lambda: keeping.open_organisation(keeping.OpenOrganisation(_id_of(name) or 0, reopen, PROGRAM)))
    click.echo(f"{'已重新启用' if reopen else '已停用'} {name}")


@group.command("admin")
@click.argument("name")
@click.argument("login")
@click.option("--remove", is_flag=True, help="收回。")
@with_appcontext
def admin_command(name: str, login: str, remove: bool) -> None:
    """让登录名为 LOGIN 的账号管理 NAME。"""

    def act() -> None:
        organisation_id = _id_of(name) or 0
        if remove:
            keeping.unname_admin(keeping.UnnameAdmin(organisation_id, _account(login), PROGRAM))
        else:
            keeping.name_admin(keeping.NameAdmin(organisation_id, login, PROGRAM))

    _run(act)
    click.echo("已收回" if remove else "已指定")


@group.command("give")
@click.argument("name")
@click.option("--competition", type=int, multiple=True, help="竞赛的编号。")
@click.option("--account", multiple=True, help="账号的登录名。")
@click.option("--pack", multiple=True, help="自有规则的编号，如 own.0001。")
@with_appcontext
def give_command(name: str, competition: tuple[int, ...], account: tuple[str, ...], pack: tuple[str, ...]) -> None:
    """把竞赛、账号、自有规则归入 NAME；NAME 写 - 则归本服务器。"""

    def act() -> None:
        home = _id_of(name)
        for key in competition:
            set_organisation(SetOrganisation(key, home, PROGRAM))
        for login in account:
            keeping.set_home(keeping.SetHome(_account(login), home, PROGRAM))
        for code in pack:
            set_pack_home(SetPackHome(code, home, PROGRAM))

    _run(act)
    click.echo(f"已归入 {name}")


def _run(act: Callable[[], object]) -> None:
    try:
        act()
    except DomainError as error:
        raise click.ClickException(str(error)) from error


def _id_of(name: str) -> int | None:
    if name == NOBODY:
        return None
    found = db.session.scalar(select(Organisation.id).where(Organisation.name == name.strip()))
    if found is None:
        raise NotFoundError("没有这个办赛单位")
    return found


def _account(login: str) -> int:
    found = db.session.scalar(select(Account.id).where(Account.username == login.strip().lower()))
    if found is None:
        raise NotFoundError("没有这个账号")
    return found
