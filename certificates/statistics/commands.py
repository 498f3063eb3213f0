"""The command that writes figures of competitions, for programs and for those who keep the books."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import extract, select

from certificates.statistics.gathering import gather
from certificates.statistics.workbook import workbook
from competitions.models import Competition
from core.db import db


@click.command("statistics")
@click.option("--competition", "ids", type=int, multiple=True, help="竞赛编号，可写多个；不写为全部。")
@click.option("--year", type=int, help="只算这一年开赛的竞赛。")
@click.option("--public", "is_public", is_flag=True, help="对外使用：1 至 2 人及可由此推算的数不显示。")
@click.option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help="写成 XLSX 文件；不写则输出 JSON。")
@with_appcontext
def statistics_command(ids: tuple[int, ...], year: int | None, is_public: bool, xlsx: Path | None) -> None:
    """Write entrants, promotions, groups of workers and rates; exit 1 if there is no such competition."""
    query = select(Competition).order_by(Competition.opens_on.desc(), Competition.id.desc())
    if ids:
        query = query.where(Competition.id.in_(ids))
    if year is not None:
        query = query.where(extract("year", Competition.opens_on) == year)
    competitions = db.session.scalars(query).all()
    if not competitions:
        click.echo("没有符合条件的竞赛", err=True)
        raise SystemExit(1)
    found = gather(db.session(), competitions, is_public=is_public)
    if xlsx is not None:
        xlsx.write_bytes(workbook(found))
        click.echo(f"已写入 {xlsx}")
        return
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
