"""What going forward in the course means, in numbers, to be confirmed once."""

from flask_babel import gettext as _

from competitions.course.steps import Course
from competitions.lifecycle import CompetitionState


def consequence(course: Course) -> str:
    """What going forward means, in numbers, to be confirmed once; empty where nothing can go forward."""
    if course.forward is None:
        return ""
    counts, sheets = course.counts, course.sheets
    sentences = {
        CompetitionState.REGISTERING: _("开放报名：%(n)s 个赛项。", n=counts.events),
        CompetitionState.DRAWING: _(
            "结束报名：名单定为 %(n)s 名选手、%(d)s 个代表队，之后不能再导入。",
            n=counts.contestants,
            d=counts.delegations,
        ),
        CompetitionState.MARKING: _(
            "开放评分：%(j)s 名裁判可以给 %(n)s 个参赛者打分，抽签号和裁判组从此固定。",
            j=counts.judges,
            n=counts.entrants,
        ),
        CompetitionState.REVIEWING: _("结束评分：%(n)s 张评分表已确认，进入复核。", n=sheets["confirmed"]),
        CompetitionState.PUBLIC_NOTICE: _(
            "进入公示：%(n)s 个参赛者的成绩已经公示，这一步起接受申诉。", n=counts.entrants
        ),
        CompetitionState.AWARDING: _("结束公示：%(n)s 个参赛者的成绩从此不再接受申诉。", n=counts.entrants),
        CompetitionState.ARCHIVED: _("归档：已发证书 %(n)s 份，竞赛资料从此只读。", n=sheets["certificates"]),
    }
    sentence: str = sentences[course.forward.target]
    if course.forward.target is CompetitionState.MARKING:
        sentence += _about_prizes(course)
    return sentence


def _about_prizes(course: Course) -> str:
    """Prizes are settled before anybody is marked; whoever forgot them is told while there is time."""
    bare = [event.name for event in course.competition.events if not event.prize_rules and not event.is_demonstration]
    if not bare:
        return ""
    warning: str = _(
        "注意：%(n)s 个赛项还没有奖项设置（%(names)s），开始评分后不能再设。",
        n=len(bare),
        names="、".join(bare[:3]) + ("…" if len(bare) > 3 else ""),
    )
    return warning
