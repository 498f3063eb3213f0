"""Commands that list draws of judges and check one from a file, without any database."""

import json
from pathlib import Path

import click

from competitions.cli import cli
from competitions.judge_draws.checking import problem_of
from competitions.judge_draws.reading import draws_by_event, exported
from competitions.judges.panels import judges_of
from competitions.setup import competition_of
from core.clock import BEIJING
from core.db import db
from core.errors import DomainError


@cli.command("judge-draws")
@click.argument("competition_id", type=int)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每次抽签一条，可用 judge-draw-verify 验证。")
def judge_draws_command(competition_id: int, as_json: bool) -> None:
    """列出竞赛 COMPETITION_ID 的裁判抽签，按赛项，新的在前。"""
    try:
        competition = competition_of(competition_id)
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    names = {judge.id: judge.name for judge in judges_of(competition_id)}
    draws = draws_by_event(db.session(), competition_id)
    made = [exported(draw, names) for event in competition.events for draw in draws.get(event.id, ())]
    if as_json:
        # As bytes: JSON is UTF-8 whatever the terminal's encoding, and names reach beyond GBK.
        click.echo(json.dumps(made, ensure_ascii=False, indent=1).encode())
        return
    for event in competition.events:
        for draw in draws.get(event.id, ()):
            at = draw.drawn_at.astimezone(BEIJING)
            click.echo(
                f"{event.title}  第{draw.number}次  {at:%Y-%m-%d %H:%M}  监督人{draw.witness}  {draw.reason}".rstrip()
            )


@cli.command("judge-draw-verify", with_appcontext=False)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_command(file: Path) -> None:
    """用种子和名册重放 FILE（judge-draws --json 的输出）里的每一次裁判抽签；有一次不符就以状态 1 结束。"""
    try:
        draws = json.loads(file.read_bytes())
        records = [draw["record"] for draw in draws]
        numbers = [f"赛项 {draw['event']} 第{draw['number']}次" for draw in draws]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{file.name} 不是裁判抽签的记录") from error
    if not records:
        raise click.ClickException(f"{file.name} 里没有抽签")
    problems = [problem_of(record) for record in records]
    for number, problem in zip(numbers, problems, strict=True):
        click.echo(f"{number}  {problem or '一致'}")
    if any(problems):
        raise SystemExit(1)
