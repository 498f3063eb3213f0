"""Whether the record of a draw of judges is true: made again from its seed, without asking any database. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from competitions.draws.draw import commitment, joint_seed
from competitions.judge_draws.lots import DrawnSeats, replay
from core.errors import DomainError
from core.messages import message, said


def problem_of(record: Mapping[str, Any]) -> str:
    """What is wrong with a record, as a sentence; empty where it is true.

    Args:
        record: as `competitions.judge_draws.drawing` keeps it, also after a way through JSON.
    """
    try:
        drawn = replay(record)
        seed = joint_seed(str(record["secret"]), list(record["called_out"]))
        if seed != record["seed"] or commitment(str(record["secret"])) != record["commitment"]:
            return said(message("种子与承诺值或现场报数不一致"))
        if not _is_seated(record, drawn):
            return said(message("排定的席位与抽签的结果不一致"))
    except DomainError as error:
        return said(error.message, **error.params)
    except (KeyError, TypeError, ValueError):
        return said(message("抽签记录不完整，无法重放"))
    return ""


def _is_seated(record: Mapping[str, Any], drawn: DrawnSeats) -> bool:
    """Whether everybody who drew a seat was put there, on each panel of the group that has it, and nobody else."""
    lots: dict[str, dict[int, str]] = defaultdict(dict)
    for seat in drawn.seats:
        lots[seat.panel][seat.number] = seat.judge
    seated = {(code, name): list(judges) for code, name, judges in record["seated"]}
    for group, places in record["groups"]:
        for code, name, seats in places:
            judges = seated.pop((code, name))
            given = {number: judge for number, judge in enumerate(judges, start=1) if number in lots[group]}
            if len(judges) != seats or given != {number: one for number, one in lots[group].items() if number <= seats}:
                return False
    return not seated
