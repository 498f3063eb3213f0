"""The command that deletes handed-in files whose time is over."""

import click
from flask.cli import with_appcontext

from certificates.attachments.keeping_time import purge, sweep
from core.clock import competition_day


@click.command("papers-purge")
@click.option("--days", type=click.IntRange(min=0), required=True, help="竞赛结束并归档多少天后删除。")
@with_appcontext
def purge_command(days: int) -> None:
    """Delete handed-in files of competitions archived and over for so many days; what was accepted stays on record."""
    click.echo(f"已删除 {purge(competition_day(), days)} 份到期材料的文件")
    click.echo(f"已清理 {sweep()} 个没有登记的文件")
