"""Two appeals in the demo's event on public notice: one ruled upon, one that waits for the arbitration panel."""

from collections.abc import Mapping

from sqlalchemy import select

from competitions.models import Contestant, Entrant
from core.auth import Actor, SubjectKind
from core.db import db
from core.permissions import Role
from demo.building import Demo
from scoring.appeals.filing import FileAppeal, file_appeal
from scoring.appeals.models import Channel
from scoring.appeals.ruling import TakeStep, take_step
from scoring.appeals.states import StepKind

RULED = "故障排除环节第 3 项，本人已恢复通电并填写了记录单，评分明细中此项为 0 分，请求核对记录单。"
EXPLANATION = "记录单第 3 项的故障点填写为接触器，实际为热继电器，两名裁判一致判定未排除；通电是更换整板所致。"
RULING = "经调阅记录单和评分照片，第 3 项填写的故障点与实际不符，按评分标准不得分。五名裁判评分一致，维持原成绩。"
WAITING = "操作到第 40 分钟时工位断电约 4 分钟，现场裁判口头同意补时，但结束时没有补。请求核对全场计时记录。"


def build(demo: Demo, actors: Mapping[Role, Actor]) -> None:
    """Let two contestants of the event on notice appeal, and the panel rule on the first.

    Args:
        demo: with results on notice in its second event.
        actors: the demo's chief judge and arbitration panel.
    """
    query = select(Contestant).join(Entrant).where(Entrant.event_id == demo.event_ids[1])
    first, second = db.session.scalars(query.order_by(Entrant.draw_number).offset(4).limit(2))
    ruled = _file(demo, first, RULED)
    chief, panel = actors[Role.CHIEF_JUDGE], actors[Role.SUPERVISOR]
    for kind, words, actor in (
        (StepKind.ACCEPTED, "", panel),
        (StepKind.EXPLAINED, EXPLANATION, chief),
        (StepKind.DISMISSED, RULING, panel),
    ):
        take_step(TakeStep(demo.competition_id, ruled, kind, words, actor))
    _file(demo, second, WAITING)


def _file(demo: Demo, contestant: Contestant, statement: str) -> int:
    roles: dict[int | None, frozenset[Role]] = {demo.competition_id: frozenset({Role.CONTESTANT})}
    actor = Actor(
        SubjectKind.CONTESTANT, contestant.id, contestant.person.name, 0, roles, competition_id=demo.competition_id
    )
    mine = (contestant.entrant_id,)
    return file_appeal(FileAppeal(demo.competition_id, mine[0], statement, Channel.CONTESTANT, actor, mine))
