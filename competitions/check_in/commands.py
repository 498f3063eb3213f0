"""The command that prints who has come, for a file or another program."""

import csv
import sys

import click

from competitions.check_in.reading import attendance_of
from competitions.cli import cli
from competitions.labels import STATUS_NAMES
from competitions.setup import competition_of
from core.clock import BEIJING
from core.errors import DomainError

HEADINGS = ("赛项", "姓名", "代表队", "抽签号", "批次", "工位", "状态", "检录时间", "检录人")


@cli.command("attendance")
@click.argument("competition_id", type=int)
def attendance_command(competition_id: int) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 的检录情况，每名选手一行。"""
    try:
        titles = {event.id: event.title for event in competition_of(competition_id).events}
    except DomainError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEADINGS)
    for event in attendance_of(competition_id, titles):
        for one in event.contestants:
            entrant, arrival = one.contestant.entrant, one.arrival
            writer.writerow(
                [
                    titles[event.event_id],
                    one.contestant.person.name,
                    entrant.delegation.name,
                    entrant.draw_number or "",
                    one.batch or "",
                    one.station or "",
                    STATUS_NAMES[entrant.status],
                    f"{arrival.at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if arrival else "",
                    arrival.by if arrival else "",
                ]
            )
