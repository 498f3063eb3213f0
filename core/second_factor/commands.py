"""Commands of the second factor: `flask core second-factor …`."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.accounts import Account
from core.command_line import JSON, PROGRAM, echo_json
from core.db import db
from core.errors import DomainError
from core.second_factor.resetting import ResetSecondFactor, holders, reset

cli = AppGroup("second-factor", help="两步验证：谁有，谁没有；手机丢失后重置。")


@cli.command("list")
@JSON
def list_command(as_json: bool) -> None:
    """Who has a second factor and who not; exit 1 if somebody must have one and has none."""
    found = holders()
    if as_json:
        echo_json([{"login": h.account.username, "has": h.has, "must": h.must} for h in found])
    else:
        for h in found:
            state = "已开启" if h.has else "必须开启而未开启" if h.must else "未开启"
            click.echo(f"{h.account.username:<20} {h.account.display_name}  {state}")
    if any(h.must and not h.has for h in found):
        raise SystemExit(1)


@cli.command("reset")
@click.argument("login")
@click.option("--reason", prompt="原因", help="怎样核实了是本人；记入审计记录。")
def reset_command(login: str, reason: str) -> None:
    """Remove the second factor of LOGIN and sign the account out everywhere."""
    account_id = db.session.scalar(select(Account.id).where(Account.username == login.strip().lower()))
    try:
        if account_id is None:
            raise click.ClickException(f"没有登录名为 {login} 的账号")
        reset(ResetSecondFactor(account_id, reason, PROGRAM))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已重置 {login} 的两步验证，此账号已在所有设备上退出")
