"""The command by which a name is put right that stands in competitions of several organisations."""

import click
from flask.cli import with_appcontext

from competitions.cli import cli
from competitions.corrections.correcting import CorrectContestant, correct_contestant
from competitions.registration.entrants import contestant_of
from core.auth import Actor, SubjectKind
from core.errors import DomainError

PROGRAM = Actor(SubjectKind.ACCOUNT, 0, "命令行", 0)


@cli.command("correct-name")
@click.argument("competition", type=int)
@click.argument("contestant", type=int)
@click.option("--name", prompt="姓名", help="正确的姓名。")
@click.option("--reason", prompt="理由", help="依据什么，已与哪些单位核对；记入每项有关竞赛的审计记录。")
@with_appcontext
def correct_name(competition: int, contestant: int, name: str, reason: str) -> None:
    """更正一名选手的姓名，此人在各办赛单位的竞赛里一起改变；COMPETITION 和 CONTESTANT 是编号。"""
    try:
        unit = contestant_of(competition, contestant).unit
        correct_contestant(CorrectContestant(competition, contestant, name, unit, reason, PROGRAM, is_for_all=True))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    click.echo("已更正，并记入审计记录")
