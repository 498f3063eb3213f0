"""The Chinese words by which pages call parts, states and openings of online registration."""

from competitions.enrolment.models import EntryState, Part
from core.messages import message

PART_NAMES = {
    Part.CONTESTANT: message("选手"),
    Part.LEADER: message("领队"),
    Part.COACH: message("教练"),
}
STATE_NAMES = {
    EntryState.DRAFT: message("未报送"),
    EntryState.HANDED_IN: message("已报送，待审核"),
    EntryState.RETURNED: message("已退回"),
    EntryState.APPROVED: message("已通过"),
}
STATE_TONES = {
    EntryState.DRAFT: "off",
    EntryState.HANDED_IN: "waiting",
    EntryState.RETURNED: "blocked",
    EntryState.APPROVED: "done",
}
