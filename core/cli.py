"""Commands of the whole installation: `flask core …`."""

import click
from flask import current_app
from flask.cli import AppGroup

from core import audit, serving, translations
from core.accounts import CreateAccount, GrantRole, create_account, grant_role
from core.command_line import JSON, echo_json, in_a_sentence
from core.config import Settings, SettingsError
from core.permissions import Role

cli = AppGroup("core", help="安装、运行与检查。")


def settings() -> Settings:
    """The settings of the running application."""
    kept: Settings = current_app.config["SETTINGS"]
    return kept


def _upgrade() -> None:
    from core import migrations  # noqa: PLC0415  Alembic takes long to load and nothing else needs it

    migrations.upgrade()


@cli.command("migrate")
def migrate() -> None:
    """Bring the database to the newest form."""
    _upgrade()
    click.echo("数据库已是最新")


@cli.command("migration")
@click.argument("number")
@click.argument("message")
@click.option("--tables", default="", help="只看这些表，用逗号分开。")
def migration(number: str, message: str, tables: str) -> None:
    """Draft migration NUMBER from the tables in code; MESSAGE says in a few words what it is for."""
    from core import migrations  # noqa: PLC0415  as above

    migrations.draft(message, number, tables)


@cli.command("audit-verify")
@JSON
def audit_verify(as_json: bool) -> None:
    """Recompute every audit chain; exit 1 if one is broken."""
    breaks = audit.verify()
    ends = audit.ends()
    if as_json:
        found = {
            "chains": {str(k): {"length": n, "last_hash": h} for k, (n, h) in ends.items()},
            "breaks": [{"chain": b.chain, "number": b.number, "reason": b.reason} for b in breaks],
        }
        echo_json(found)
    else:
        for chain, (length, last) in sorted(ends.items()):
            click.echo(f"链 {chain}：{length} 条，末尾哈希 {last}")
        for b in breaks:
            click.echo(f"链 {b.chain} 第 {b.number} 条：{b.reason}", err=True)
    if breaks:
        raise SystemExit(1)


@cli.command("translations")
@click.option("--merge", "does_merge", is_flag=True, help="先从代码和页面收集新句子。")
def translations_command(does_merge: bool) -> None:
    """Compile the English catalogue; with --merge gather new messages first and say how many lack English."""
    if does_merge:
        total, missing = translations.merge()
        click.echo(f"{total} 句，{missing} 句还没有英文")
    translations.compile_catalogue()


@cli.command("jobs")
def run_jobs() -> None:
    """Run scheduled and long work until stopped; several may run, one leads."""
    from core import worker  # noqa: PLC0415  scheduler and logging are of no use to the web

    worker.run(current_app._get_current_object(), settings())  # type: ignore[attr-defined]  # werkzeug's proxy


@cli.command("serve")
@click.option("--demo/--no-demo", default=True, help="数据库为空时填入演示竞赛。")
def serve(demo: bool) -> None:
    """Migrate, fill the demo into an empty database, then run web and worker until Ctrl-C."""
    try:
        serving.require_certificate(settings())
    except SettingsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    translations.compile_catalogue()
    _upgrade()
    if demo:
        serving.run_once_if_empty(settings())
    click.echo(serving.welcome(settings()))
    raise SystemExit(serving.serve(settings()))


@cli.command("admin")
@click.argument("username")
@click.option("--name", prompt="姓名", help="显示的姓名。")
@click.password_option(prompt="密码", confirmation_prompt="再输一次")
def admin(username: str, name: str, password: str) -> None:
    """Make an account with the role of system administrator."""
    with in_a_sentence():
        account_id = create_account(CreateAccount(username, name, password, "system", "命令行"))
        grant_role(GrantRole(account_id, Role.SYSTEM_ADMIN, None, "system", "命令行"))
    click.echo(f"已建立系统管理员 {username}")


@cli.command("doctor")
@JSON
def doctor(as_json: bool) -> None:
    """Print versions and check database, keys, fonts and translations; exit 1 if something is wrong."""
    from core.doctor import checks  # noqa: PLC0415  loads Alembic

    found = list(checks(settings()))
    if as_json:
        echo_json([{"what": what, "found": verdict, "is_good": is_good} for what, verdict, is_good in found])
    for what, verdict, is_good in () if as_json else found:
        click.echo(f"{'好' if is_good else '坏'}  {what}  {verdict}", err=not is_good)
    if not all(is_good for _what, _verdict, is_good in found):
        raise SystemExit(1)
