"""What kinds of sessions a timetable has, who has to be there, and who may see them. Pure."""

from enum import StrEnum

from core.messages import message


class Kind(StrEnum):
    """What a session is."""

    ARRIVAL = "arrival"
    MEETING = "meeting"
    DRAW = "draw"
    CHECK_IN = "check_in"
    CONTEST = "contest"
    MARKING = "marking"
    REVIEW = "review"
    CEREMONY = "ceremony"
    OTHER = "other"


class Audience(StrEnum):
    """Who may see a session; organisers and whoever works on the competition always do."""

    DRAFT = "draft"
    JUDGES = "judges"
    EVERYONE = "everyone"


KIND_NAMES = {
    Kind.ARRIVAL: message("报到"),
    Kind.MEETING: message("会议、说明"),
    Kind.DRAW: message("抽签仪式"),
    Kind.CHECK_IN: message("赛前检录"),
    Kind.CONTEST: message("比赛"),
    Kind.MARKING: message("评判"),
    Kind.REVIEW: message("点评"),
    Kind.CEREMONY: message("开幕、闭幕、颁奖"),
    Kind.OTHER: message("其他安排"),
}
AUDIENCE_NAMES = {
    Audience.DRAFT: message("草稿，只有组织者可见"),
    Audience.JUDGES: message("裁判可见"),
    Audience.EVERYONE: message("所有人可见"),
}
WITH_CONTESTANTS = frozenset({Kind.CHECK_IN, Kind.CONTEST, Kind.REVIEW, Kind.CEREMONY})
"""At these every contestant whom the session concerns is present from beginning to end; people come to others as they
like, or nobody knows who."""
WITH_JUDGES = frozenset({Kind.CONTEST, Kind.MARKING, Kind.REVIEW, Kind.CEREMONY})
WITHOUT_PLACE = frozenset({Kind.ARRIVAL, Kind.CHECK_IN})
"""These take place at the door, where something else may well be held at the same time."""
_WORDS = (
    (Kind.ARRIVAL, ("报到", "报道", "接待")),
    (Kind.DRAW, ("抽签",)),
    (Kind.CHECK_IN, ("检录", "签到", "入场")),
    (Kind.REVIEW, ("点评", "讲评", "交流")),
    (Kind.CEREMONY, ("开幕", "闭幕", "颁奖", "开赛")),
    (Kind.MEETING, ("会议", "领队会", "裁判会", "说明会", "培训", "熟悉")),
    (Kind.MARKING, ("评判", "评分", "阅卷", "检测")),
    (Kind.CONTEST, ("比赛", "竞赛", "考试", "实操", "理论", "决赛", "初赛", "复赛", "操作")),
)


def kind_by_title(title: str, *, has_event: bool = False) -> Kind:
    """What a session is by its name, where nobody has said: 「焊工第一批检录」 is a check-in.

    Args:
        title: as an organiser wrote it.
        has_event: whether it concerns one event; then a name that says nothing is a contest's.
    """
    for kind, words in _WORDS:
        if any(word in title for word in words):
            return kind
    return Kind.CONTEST if has_event else Kind.OTHER
