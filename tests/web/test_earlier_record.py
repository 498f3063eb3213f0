"""What is known of people from earlier competitions reaches the rules, named with its source and never in silence."""

import re
from datetime import date
from io import BytesIO

import pytest
from awarded import Row, make_awarded
from factories import make_account, make_competition, make_event, make_person, sign_in_account, stored
from own_rules import make_in_force, rules
from sqlalchemy import select

from certificates.eligibility.case import Contestant as Candidate
from certificates.flags.earlier_record import Earlier, Newest, earlier_of, levels_by_index, with_record
from certificates.flags.recommending import AssessFlags, DecideFlags, assess_flags, decide_flags
from certificates.models import FlagState, LevelCertificate, Recommendation
from competitions.lifecycle import CompetitionState
from competitions.models import Contestant, Programme
from core.clock import now
from core.db import db, transaction
from core.permissions import Role

ONCE = rules().replace("honours:", "  once_per_year: {source: 文件一, quote: 同一年内只能晋升一次}\nhonours:")
NEVER = rules(more="never_repeated: {source: 文件一, quote: 不重复授予}")
THIS, BEFORE = date(2026, 10, 18), date(2026, 5, 1)


def chosen(text: str, **over):
    row = make_in_force(text)
    competition = make_competition(**over)
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    return competition, row.code


def entered(person_id: int, text: str = ONCE, level: int | None = 3, **over):
    """A final result that the person won, under own rules; the flags of the person by benefit."""
    competition, code = chosen(text, **over)
    published = make_awarded([Row("1"), Row("2")], competition=competition)
    with transaction() as session:
        member = session.get_one(Contestant, published.contestant_ids[0])
        member.person_id, member.level = person_id, level
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))
    return published, code


def flag_of(published, benefit="promotion") -> Recommendation:
    query = select(Recommendation).where(
        Recommendation.contestant_id == published.contestant_ids[0],
        Recommendation.benefit == benefit,
        Recommendation.pack_id.like("own.%"),
    )
    return db.session.scalars(query).one()


def findings(flag: Recommendation) -> str:
    return "；".join(reason["finding"] for reason in flag.answer["reasons"])


def came_back(published, level: int, number: str = "Y000113010012526000001") -> None:
    stored(
        LevelCertificate(
            competition_id=published.competition_id,
            contestant_id=published.contestant_ids[0],
            level=level,
            number=number,
            remarks=[],
            read_at=now(),
            read_by="赵组织",
        )
    )


def approve(published, benefit="promotion") -> None:
    command = DecideFlags(
        published.competition_id, (flag_of(published, benefit).id,), FlagState.APPROVED, "属实", published.organiser
    )
    decide_flags(command)


@pytest.fixture
def person_id(app) -> int:
    return int(make_person(name="李连胜").id)


def test_without_any_record_once_a_year_is_asked_about_and_not_assumed(person_id):
    published, _ = entered(person_id)

    assert flag_of(published).decision == "needs_facts"
    assert "本系统没有 2026 年因竞赛晋升的记录，别处的晋升不在其中" in findings(flag_of(published))


def test_a_certificate_that_came_back_this_year_ends_a_second_promotion(person_id):
    first, _ = entered(person_id, opens_on=BEFORE, title="春季赛")
    came_back(first, 3)

    second, _ = entered(person_id)

    assert flag_of(second).decision == "not_eligible"
    assert "2026 年已于 2026-05-01 晋升（《春季赛》之后发放的高级工证书Y0001" in findings(flag_of(second))


def test_one_of_last_year_does_not(person_id):
    first, _ = entered(person_id, opens_on=date(2025, 5, 1), closes_on=date(2025, 5, 2))
    came_back(first, 3)

    second, _ = entered(person_id)

    assert flag_of(second).decision == "needs_facts"


def test_a_promotion_that_was_only_proposed_is_asked_about_with_its_source(person_id):
    first, _ = entered(person_id, rules(), opens_on=BEFORE, title="春季赛")
    approve(first)

    second, _ = entered(person_id)

    assert flag_of(second).decision == "needs_facts"
    assert "《春季赛》" in findings(flag_of(second))
    assert "是否已办理没有记录" in findings(flag_of(second))


def test_a_later_competition_says_nothing_about_an_earlier_one(person_id):
    later, _ = entered(person_id, opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 2))
    came_back(later, 1)

    earlier, _ = entered(person_id)

    assert "2026 年已于" not in findings(flag_of(earlier))
    assert flag_of(earlier).answer["to_level"] == 2


def test_the_newest_certificate_gives_the_level_where_it_is_higher_than_the_roster(person_id):
    first, _ = entered(person_id, rules(), opens_on=BEFORE, title="春季赛")
    came_back(first, 2)

    second, _ = entered(person_id, rules())

    assert flag_of(second).decision == "not_eligible"
    assert "报名时为高级工，以《春季赛》之后发放的技师证书" in findings(flag_of(second))


def test_a_roster_that_says_more_than_the_record_keeps_its_word_and_is_asked_to_be_compared(person_id):
    first, _ = entered(person_id, rules(), opens_on=BEFORE)
    came_back(first, 4)

    second, _ = entered(person_id, rules())

    assert flag_of(second).decision == "flagged"
    assert "请核对报名所附证书" in findings(flag_of(second))


def test_a_blank_level_is_filled_from_the_record_with_its_source(person_id):
    first, _ = entered(person_id, rules(), opens_on=BEFORE)
    came_back(first, 3)

    second, _ = entered(person_id, rules(), level=None)

    assert flag_of(second).decision == "flagged"
    assert "报名时没有写明等级，以" in findings(flag_of(second))


def test_a_title_that_was_proposed_before_is_asked_about_and_not_refused(person_id):
    first, _ = entered(person_id, NEVER, opens_on=BEFORE, title="春季赛")
    approve(first, "honour")

    second, _ = entered(person_id, NEVER)

    flag = flag_of(second, "honour")
    assert flag.decision == "needs_facts"
    assert "曾被推荐港城工匠（《春季赛》" in findings(flag)
    assert "港城工匠是否已授予" in flag.answer["missing"]


def test_a_flag_that_was_taken_back_or_never_approved_leaves_no_trace(person_id):
    entered(person_id, NEVER, opens_on=BEFORE)

    second, _ = entered(person_id, NEVER)

    assert "曾被推荐" not in findings(flag_of(second, "honour"))


def test_a_competitions_own_certificates_are_no_ground_for_itself(person_id):
    published, _ = entered(person_id, rules())
    came_back(published, 2)

    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))

    assert flag_of(published).decision == "flagged"


def test_nothing_known_leaves_everything_open():
    open_one = with_record(Candidate("1", current_level=3), None, THIS)
    assert (open_one.held, open_one.held_is_complete, open_one.promoted_on) == ((), False, ())
    assert (open_one.current_level, open_one.level_source) == (3, "")
    same = with_record(Candidate("1", current_level=2), Earlier(newest=Newest(2, "x")), THIS)
    assert (same.current_level, same.level_source) == (2, "")


def test_ten_thousand_people_are_asked_about_in_few_queries(person_id):
    competition = make_competition()
    assert earlier_of(db.session(), competition, range(1, 20_000)) == {}


def test_a_roster_is_shown_what_is_known_and_taken_in_as_it_stands(app):
    person = make_person(name="李连胜", document_number="130102199003070417", birth=date(1990, 3, 7))
    first, _ = entered(person.id, rules(), opens_on=BEFORE, title="春季赛")
    came_back(first, 2)
    competition = make_competition(state=CompetitionState.REGISTERING)
    make_event(competition=competition, name="焊工")
    account = make_account(role=Role.ORGANISER, competition=competition)
    client = sign_in_account(app.test_client(), account)
    table = "姓名,身份证号码,参赛赛项,代表队,工作单位,技能等级\n李连胜,130102199003070417,焊工,唐山,钢厂,高级工\n"

    data = {"file": (BytesIO(table.encode()), "roster.csv")}
    page = client.post(f"/competitions/{competition.id}/roster/imports", data=data, follow_redirects=True)

    assert "等级与已知的证书不同" in page.text
    assert "比报名表高" in page.text
    assert "《春季赛》之后发放的技师证书" in re.sub("<[^>]+>", "", page.text)
    index = db.session.get_one(Contestant, first.contestant_ids[0]).person.document_index
    assert levels_by_index(competition.id, [index, "nobody"])[index][0] == 2
    address = page.request.path
    client.post(f"{address}/intakes", data={"submit": "1"})
    newest = select(Contestant.level).order_by(Contestant.id.desc()).limit(1)
    assert db.session.scalar(newest) == 3
