"""The Chinese words and tones by which pages call decisions, benefits, states and levels."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from certificates.eligibility import FLAGGED, NEEDS_FACTS, NOT_ELIGIBLE
from certificates.models import CertificateState, FlagState, Recommendation
from competitions.labels import LEVEL_OF_SKILL

DECISION_NAMES = {
    FLAGGED: _l("符合条件"),
    NEEDS_FACTS: _l("待补事实"),
    NOT_ELIGIBLE: _l("不符合条件"),
}
OWN_DECISION_NAMES = DECISION_NAMES | {NEEDS_FACTS: _l("暂时不能判断")}
"""The same to the person whom it is about, who knows none of the house's words."""
OWN_DECISION_WORDS = {
    FLAGGED: _l("按下面的规则，您符合这一项的条件。这只是推荐的依据，还要由组织者审定、有权机关批准。"),
    NEEDS_FACTS: _l(
        "还有情况不清楚，所以没有结论，这不是“不符合”。缺什么写在下面“还缺”一行；您知道的，请在意见里说明，其余由组织者补充。"
    ),
    NOT_ELIGIBLE: _l("按下面的规则，这一项不符合条件，原因见标有“不符合”的各条。认为事实有误，请提出意见。"),
}
LEVEL_NAMES = LEVEL_OF_SKILL
DECISION_TONES = {FLAGGED: "active", NEEDS_FACTS: "waiting", NOT_ELIGIBLE: "off"}
BENEFIT_NAMES = {"promotion": _l("晋级"), "honour": _l("称号"), "medal": _l("奖章")}
FLAG_NAMES = {FlagState.OPEN: _l("待审定"), FlagState.APPROVED: _l("同意推荐"), FlagState.REJECTED: _l("不予推荐")}
FLAG_TONES = {FlagState.OPEN: "waiting", FlagState.APPROVED: "done", FlagState.REJECTED: "blocked"}
CERTIFICATE_NAMES = {
    CertificateState.VALID: _l("有效"),
    CertificateState.REVOKED: _l("已撤销"),
    CertificateState.REPLACED: _l("已换发"),
}
CERTIFICATE_TONES = {
    CertificateState.VALID: "done",
    CertificateState.REVOKED: "blocked",
    CertificateState.REPLACED: "waiting",
}


def benefit_of(flag: Recommendation) -> str:
    """What a flag is about, in words: 晋级高级工, 全国技术能手. Never that it is granted."""
    return benefit_words(flag.benefit, flag.name)


def benefit_words(benefit: str, name: str) -> str:
    """The same from a benefit and its name, where no flag is at hand."""
    if benefit != "promotion":
        return name or str(_("荣誉称号") if benefit == "honour" else _("奖章"))
    if not name:
        return str(_("职业技能等级晋级"))
    return str(_PROMOTIONS[int(name)])


_PROMOTIONS = {
    1: _l("晋级高级技师（一级）"),
    2: _l("晋级技师（二级）"),
    3: _l("晋级高级工（三级）"),
    4: _l("晋级中级工（四级）"),
    5: _l("晋级初级工（五级）"),
}
