"""The papers that an organiser's own rules ask for: on the list of each flag, in the version that the flag rests on."""

from awarded import make_awarded
from factories import make_competition, stored
from own_rules import decide, first_person, handed_over, make_in_force, rules
from sqlalchemy import select

from certificates.attachments.standing import standings
from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.models import Recommendation
from competitions.models import Programme
from competitions.pack_editing.keeping import ReadIn, read_in
from competitions.pack_editing.known import pack_as_of
from competitions.pack_editing.models import OwnPack, Verdict
from core.db import db

PAPERS = "papers:\n  港城工匠: {{list: [{}], cite: {{source: 文件一, quote: 报送材料}}}}\nhonours:"


def with_papers(*papers: str) -> str:
    return rules().replace("papers, ", "").replace("honours:", PAPERS.format(", ".join(papers)), 1)


def flagged(row: OwnPack) -> tuple[int, int]:
    """A competition that chose the rules and one flag for the title."""
    competition = make_competition(jurisdiction="130300")
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    found = make_awarded(competition=competition)
    assess_flags(AssessFlags(found.competition_id, found.event_id, found.organiser))
    query = select(Recommendation.id).where(Recommendation.pack_id == row.code, Recommendation.name == "港城工匠")
    return found.competition_id, db.session.scalars(query.order_by(Recommendation.id)).first()


def wanted(competition_id: int, flag_id: int) -> list[str]:
    db.session.expire_all()
    flag = db.session.get_one(Recommendation, flag_id)
    return [line.item.text for line in standings(db.session(), competition_id, [flag])[flag_id].lines]


def test_the_list_of_own_rules_is_asked_for(app):
    row = make_in_force(with_papers("港城工匠申报表", "单位推荐意见"))
    competition_id, flag_id = flagged(row)

    assert wanted(competition_id, flag_id) == ["港城工匠申报表", "单位推荐意见"]


def test_a_flag_keeps_the_list_of_the_version_that_it_rests_on(app):
    row = make_in_force(with_papers("申报表"))
    competition_id, flag_id = flagged(row)
    read_in(ReadIn(row.id, row.revision, with_papers("申报表", "无犯罪记录证明"), "rules.yaml", first_person()))
    decide(row.id, handed_over(row.id, "补充材料"))

    assert wanted(competition_id, flag_id) == ["申报表"]


def test_withdrawn_rules_still_say_which_papers_their_flags_want(app):
    row = make_in_force(with_papers("申报表"))
    competition_id, flag_id = flagged(row)
    decide(row.id, verdict=Verdict.WITHDRAWN, reason="文件废止")

    assert wanted(competition_id, flag_id) == ["申报表"]
    assert pack_as_of(db.session(), row.code, 9) is None
