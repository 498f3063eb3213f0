"""The command that prints the register of appeals, for a file or another program."""

import click

from core.clock import BEIJING
from core.command_line import echo_csv
from scoring.appeals.models import CHANNEL_NAMES, Appeal
from scoring.appeals.reading import appeals_of
from scoring.appeals.states import STATE_NAMES
from scoring.cli import cli

HEADINGS = ("编号", "赛项", "抽签号", "代表队", "来源", "收到", "时限", "逾期", "状态", "理由")


@cli.command("appeals")
@click.argument("competition_id", type=int)
@click.option("--open", "only_open", is_flag=True, help="只列还没有裁定的；有则退出码为 1。")
def appeals_command(competition_id: int, only_open: bool) -> None:
    """以 CSV 列出竞赛 COMPETITION_ID 的申诉，没有姓名和申诉原文。"""
    found = sorted(appeals_of(competition_id), key=lambda appeal: appeal.number)
    echo_csv(HEADINGS, (_cells(appeal) for appeal in found if appeal.is_open or not only_open))
    if only_open and any(appeal.is_open for appeal in found):
        raise SystemExit(1)


def _cells(appeal: Appeal) -> list[object]:
    closing, due = appeal.closing, appeal.due_at
    return [
        appeal.number,
        appeal.event.title,
        appeal.entrant.draw_number or "",
        appeal.entrant.delegation.name,
        CHANNEL_NAMES[appeal.channel],
        f"{appeal.handed_in_at.astimezone(BEIJING):%Y-%m-%d %H:%M}",
        f"{due.astimezone(BEIJING):%Y-%m-%d %H:%M}" if due else "",
        "是" if appeal.is_late else "",
        STATE_NAMES[appeal.state],
        closing.words if closing else "",
    ]
