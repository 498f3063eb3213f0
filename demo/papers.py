"""The demo's papers: an approved promotion, a local notice's demand, scans handed in, what the rates rest on."""

import io

from PIL import Image, ImageDraw
from sqlalchemy import select

from certificates.attachments.handing_in import DecidePaper, HandIn, decide_paper, hand_in
from certificates.attachments.wanting import WantPaper, want_paper
from certificates.flags.recommending import DecideFlags, decide_flags
from certificates.models import FlagState, Recommendation
from certificates.statistics.stating import StateTerms, state_terms
from core.auth import Actor
from core.db import db
from demo.building import Demo

NOTICE = "河北省职业技能大赛组委会办公室通知（演示）"
WANTED = ("身份证复印件（正反面）", "现职业技能等级证书复印件", "晋升申请表（本人签字、单位盖章）")
WORKERS = 2_600


def build(demo: Demo, organiser: Actor) -> None:
    """Decide the first flags, ask for papers, hand two in, accept one, send one back.

    Args:
        demo: the competition whose first event is final and assessed.
        organiser: the account that decides.
    """
    query = (
        select(Recommendation)
        .where(Recommendation.event_id == demo.event_ids[0], Recommendation.benefit == "promotion")
        .where(Recommendation.decision == "flagged")
        .order_by(Recommendation.id)
    )
    ids = [flag.id for flag in db.session.scalars(query)][:3]
    for item in WANTED:
        want_paper(WantPaper(demo.competition_id, "promotion", item, NOTICE, organiser))
    if ids:
        reason = "公示无异议，组委会办公室会议研究同意推荐"
        decide_flags(DecideFlags(demo.competition_id, tuple(ids), FlagState.APPROVED, reason, organiser))
        papers = [hand_in(HandIn(demo.competition_id, ids[0], item, _scan(), organiser)) for item in WANTED]
        answers = ((papers[0], True, ""), (papers[1], False, "证书编号看不清，请重新拍照"))
        for paper_id, is_accepted, why in answers:
            decide_paper(DecidePaper(demo.competition_id, paper_id, is_accepted, why, "handed_in", organiser))
    terms = {"workforce": WORKERS, "workforce_source": "2025年工会统计年报（演示）", "basis": "took_part"}
    state_terms(StateTerms(demo.competition_id, terms | {"benefits": ["awarded", "promoted"]}, organiser))


def _scan() -> bytes:
    """A sheet of lines that looks like a scan and says nothing about anybody."""
    sheet = Image.new("RGB", (620, 877), "#f7f5ef")
    pen = ImageDraw.Draw(sheet)
    for line in range(12):
        pen.rectangle((70, 120 + line * 52, 550 - line % 3 * 90, 132 + line * 52), fill="#c9c5bb")
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()
