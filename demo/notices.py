"""The demo's notices: to all, to judges, to one event; one of them withdrawn, one seen by a judge."""

from competitions.notices.models import Readers
from competitions.notices.posting import (
    PostNotice,
    SeeNotices,
    WithdrawNotice,
    post_notice,
    see_notices,
    withdraw_notice,
)
from core.auth import Actor
from demo.building import Demo

WELCOME = "参赛证在宾馆一层大堂领取，请带身份证。每天 7:40 起有班车从宾馆开往各赛场，20 分钟一班。"
CLOTHES = "焊工选手请穿阻燃工作服和防护鞋，面罩自带；现场不提供。"
MEETING = "裁判员培训改在第二会议室，请带评分平板，现场核对设备。"
WRONG = "网络与信息安全管理员第 1 批改到 15:00 开始。"
RIGHT = "网络与信息安全管理员第 1 批改到 14:30 开始，地点改为信息楼 5 层，以日程为准。"


def build(demo: Demo, organiser: Actor) -> None:
    """Post them in this order."""

    def post(readers: Readers, text: str, event_id: int | None = None) -> int:
        return post_notice(PostNotice(demo.competition_id, readers, event_id, text, organiser))

    welcome = post(Readers.EVERYONE, WELCOME)
    post(Readers.CONTESTANTS, CLOTHES, demo.event_ids[0])
    post(Readers.JUDGES, MEETING)
    wrong = post(Readers.EVERYONE, WRONG, demo.event_ids[-1])
    withdraw_notice(WithdrawNotice(demo.competition_id, wrong, "时间写错了，以新通知为准", organiser))
    post(Readers.EVERYONE, RIGHT, demo.event_ids[-1])
    see_notices(SeeNotices(demo.judge_ids[0], [welcome]))
