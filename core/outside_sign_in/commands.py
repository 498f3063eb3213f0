"""Commands of sign-in by way of another house: `flask core outside-sign-in …`."""

import json

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from core.accounts import Account
from core.auth import Actor, SubjectKind
from core.config import OutsideProvider
from core.db import db
from core.errors import DomainError
from core.outside_sign_in.linking import LinkOther, Unlink, link_other, linked, links_of, unlink_other

cli = AppGroup("outside-sign-in", help="统一身份认证：谁关联了，代为关联，解除。")
PROGRAM = Actor(SubjectKind.ACCOUNT, 0, "命令行", 0)


def _provider() -> OutsideProvider:
    found: OutsideProvider | None = current_app.config["SETTINGS"].outside
    if found is None:
        raise click.ClickException("没有设置统一身份认证（OIDC_ISSUER）")
    return found


def _account_id(login: str) -> int:
    found = db.session.scalar(select(Account.id).where(Account.username == login.strip().lower()))
    if found is None:
        raise click.ClickException(f"没有登录名为 {login} 的账号")
    return found


@cli.command("list")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。")
def list_command(as_json: bool) -> None:
    """Which accounts are linked with a person of the provider; who that is there is not kept readable."""
    found = linked(_provider())
    if as_json:
        rows = [{"login": account.username, "linked_at": link.linked_at.isoformat()} for account, link in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for account, link in found:
        click.echo(f"{account.username:<20} {account.display_name}  {link.linked_at:%Y-%m-%d}")


@cli.command("link")
@click.argument("login")
@click.argument("subject")
def link_command(login: str, subject: str) -> None:
    """Link LOGIN with SUBJECT, the exact `sub` by which the provider calls that person."""
    try:
        link_other(LinkOther(_account_id(login), _provider().issuer, subject, PROGRAM))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"已关联 {login}")


@cli.command("unlink")
@click.argument("login")
def unlink_command(login: str) -> None:
    """Take every link of LOGIN apart, those to former providers too, and sign the account out everywhere."""
    account_id = _account_id(login)
    found = [identity.id for identity in links_of(account_id)]
    if not found:
        raise click.ClickException(f"{login} 没有关联")
    for identity_id in found:
        unlink_other(Unlink(account_id, identity_id, PROGRAM))
    click.echo(f"已解除 {login} 的关联，此账号已在所有设备上退出")
