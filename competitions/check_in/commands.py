"""The command that prints who has come, for a file or another program."""

import click

from competitions.check_in.reading import Awaited, attendance_of
from competitions.cli import cli
from competitions.labels import STATUS_NAMES
from competitions.setup import competition_of
from core.clock import BEIJING
from core.command_line import echo_csv, in_a_sentence

HEADINGS = ("赛项", "姓名", "代表队", "抽签号", "批次", "工位", "状态", "检录时间", "检录人")


@cli.command("attendance")
@click.argument("competition_id", type=int)
def attendance_command(competition_id: int) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 的检录情况，每名选手一行。"""
    with in_a_sentence():
        titles = {event.id: str(event.title) for event in competition_of(competition_id).events}
    found = attendance_of(competition_id, titles)
    echo_csv(HEADINGS, (_cells(titles[event.event_id], one) for event in found for one in event.contestants))


def _cells(title: str, one: Awaited) -> list[object]:
    entrant, arrival = one.contestant.entrant, one.arrival
    return [
        title,
        one.contestant.person.name,
        entrant.delegation.name,
        entrant.draw_number or "",
        one.batch or "",
        one.station or "",
        STATUS_NAMES[entrant.status],
        f"{arrival.at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if arrival else "",
        arrival.by if arrival else "",
    ]
