"""What somebody states of one contestant: on whose word, taken back with a reason, and what the rules make of it."""

import re
from datetime import date, timedelta

import pytest
from awarded import Row, make_awarded
from factories import make_account, make_competition, make_event, make_person, sign_in_account, stored
from flagged import add_flag, make_flagged
from own_rules import make_in_force, rules
from sqlalchemy import select

from certificates.contestants.erasing import ErasePerson, erase_person
from certificates.flags.recommending import AssessFlags, assess_flags
from certificates.models import FlagState, Recommendation
from certificates.record.gathering import gather
from certificates.record.workbook import workbook
from certificates.statistics.figures import Measure
from certificates.statistics.stating import of_competition
from certificates.titles.models import FactKind, FactSource, HeldFact
from certificates.titles.stating import (
    FactWithdrawnError,
    SameFactError,
    StateFact,
    Statement,
    WithdrawFact,
    state_fact,
    withdraw_fact,
)
from competitions.lifecycle import CompetitionState
from competitions.models import Competition, Contestant, Entrant, Programme
from core.audit import AuditEntry
from core.db import db, transaction
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.permissions import Role
from core.spreadsheets import read_spreadsheet

TITLE = "港城工匠"
ONCE = rules().replace("honours:", "  once_per_year: {source: 文件一, quote: 同一年内只能晋升一次}\nhonours:")
NEVER = rules(more="never_repeated: {source: 文件一, quote: 不重复授予}")
BARRED = (
    rules().replace("repeat, ", "")
    + f"""repeat:
  - {{policy: barred, titles: [{TITLE}], cite: {{source: 文件一, quote: 不得参赛}}}}
"""
)
CASCADE = BARRED.replace("policy: barred", "policy: cascade")
SAME_OCCUPATION = BARRED.replace("policy: barred", "policy: barred_in_occupation")
BEFORE = date(2026, 5, 1)


def entered(person_id, text, occupation_code="", **over):
    """A final result that the person won, under own rules."""
    row = make_in_force(text)
    competition = make_competition(**over)
    stored(Programme(competition_id=competition.id, name="市赛", class_name="", pack_id=row.code, filed_with=[]))
    published = make_awarded([Row("1"), Row("2")], competition=competition, occupation_code=occupation_code)
    with transaction() as session:
        member = session.get_one(Contestant, published.contestant_ids[0])
        member.person_id, member.level = person_id, 3
    assess(published)
    return published


def assess(published):
    assess_flags(AssessFlags(published.competition_id, published.event_id, published.organiser))


def state(published, kind=FactKind.HELD, source=FactSource.DECLARED, position=1, **over):
    values = {"name": TITLE} if kind in (FactKind.HELD, FactKind.NOT_GRANTED) else {}
    values |= {"stated_by": "本人"} if source is FactSource.DECLARED else {}
    statement = Statement(kind, source, **(values | over))
    contestant_id = published.contestant_ids[position - 1]
    return state_fact(StateFact(published.competition_id, contestant_id, statement, published.organiser))


def flag_of(published, benefit="honour", position=1):
    db.session.expire_all()
    query = select(Recommendation).where(
        Recommendation.contestant_id == published.contestant_ids[position - 1],
        Recommendation.benefit == benefit,
        Recommendation.pack_id.like("own.%"),
    )
    return db.session.scalars(query).one()


def findings(flag):
    return "；".join(reason["finding"] for reason in flag.answer["reasons"])


def facts():
    db.session.expire_all()
    return db.session.scalars(select(HeldFact).order_by(HeldFact.id)).all()


@pytest.fixture
def person_id(app):
    return int(make_person(name="李连胜").id)


def test_without_a_word_a_title_that_is_not_repeated_is_asked_about(person_id):
    assert flag_of(entered(person_id, NEVER)).decision == "needs_facts"


def test_a_declaration_that_none_is_held_answers_and_names_who_said_so(person_id):
    published = entered(person_id, NEVER)
    state(published, FactKind.NONE_ELSE, evidence="承诺书")
    assess(published)

    assert flag_of(published).decision == "flagged"
    assert "本人声明" in findings(flag_of(published))
    assert "凭据：承诺书" in findings(flag_of(published))


def test_a_declared_title_is_not_given_again(person_id):
    published = entered(person_id, NEVER)
    state(published, stated_by="唐山市总工会")
    assess(published)

    assert flag_of(published).decision == "not_eligible"
    assert "唐山市总工会声明" in findings(flag_of(published))


def test_what_was_taken_back_counts_no_longer(person_id):
    published = entered(person_id, NEVER)
    fact_id = state(published)
    withdraw_fact(WithdrawFact(published.competition_id, fact_id, "同名同姓", published.organiser))
    assess(published)

    assert flag_of(published).decision == "needs_facts"


def test_a_title_that_came_back_elsewhere_bars_with_its_document(person_id):
    first = entered(person_id, rules(), opens_on=BEFORE, title="春季赛")
    state(
        first, source=FactSource.RETURNED, authority="海港城人社局", document="海人社〔2026〕1号", on=date(2026, 6, 1)
    )

    second = entered(person_id, BARRED)

    assert flag_of(second).decision == "not_eligible"
    assert "海港城人社局，海人社〔2026〕1号，2026-06-01" in findings(flag_of(second))
    assert "《春季赛》登记" in findings(flag_of(second))


def test_a_title_granted_after_the_opening_is_asked_about_and_never_a_silent_no(person_id):
    first = entered(person_id, rules(), opens_on=BEFORE, title="春季赛")
    document = {"authority": "海港城人社局", "document": "海人社〔2026〕1号", "on": date(2026, 6, 1)}
    state(first, source=FactSource.RETURNED, **document)

    second = entered(person_id, BARRED, opens_on=date(2026, 5, 20))

    assert flag_of(second).decision == "needs_facts"
    assert "于本竞赛开幕之后授予" in findings(flag_of(second))


def test_what_followed_from_the_result_itself_does_not_turn_against_it(person_id):
    published = entered(person_id, BARRED, opens_on=BEFORE)
    document = {"authority": "海港城人社局", "document": "海人社〔2026〕1号", "on": date(2026, 6, 1)}
    state(published, source=FactSource.RETURNED, **document)
    assess(published)

    assert flag_of(published).decision == "needs_facts"
    assert "不得参赛" not in findings(flag_of(published))


def test_a_later_competition_says_nothing_about_an_earlier_one(person_id):
    later = entered(person_id, rules(), opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 2))
    state(later)

    assert flag_of(entered(person_id, BARRED)).decision == "needs_facts"


def test_places_cascade_past_a_former_winner_once_everybody_better_placed_is_known(person_id):
    published = entered(person_id, CASCADE)
    state(published, evidence="证书复印件")
    assess(published)
    assert flag_of(published).decision == "not_eligible"
    assert flag_of(published, position=2).decision == "needs_facts"

    state(published, FactKind.NONE_ELSE, position=2)
    assess(published)
    assert flag_of(published, position=2).decision == "flagged"


@pytest.mark.parametrize(
    ("code", "decision"),
    [("6-18-02-04", "not_eligible"), ("6-29-01-01", "needs_facts"), ("", "needs_facts")],
)
def test_a_bar_in_the_same_occupation_looks_at_the_occupation_of_the_title(person_id, code, decision):
    published = entered(person_id, SAME_OCCUPATION, occupation_code="6-18-02-04")
    state(published, occupation_code=code)
    assess(published)
    found = flag_of(published)
    assert found.decision == decision or (code == "6-29-01-01" and found.decision == "flagged")


def test_a_denial_holds_where_it_was_made_and_not_in_the_next_competition(person_id):
    first = entered(person_id, rules(), opens_on=BEFORE)
    state(first, FactKind.NONE_ELSE)

    assert flag_of(entered(person_id, NEVER)).decision == "needs_facts"


def test_a_recommendation_is_answered_by_a_later_word_and_not_by_an_earlier_one(person_id):
    first = entered(person_id, rules(), opens_on=BEFORE)
    flag = flag_of(first)
    state(first, FactKind.NOT_GRANTED, evidence="公示有异议")
    second = entered(person_id, NEVER)
    state(second, FactKind.NONE_ELSE)
    refused_at, denied_at = (fact.recorded_at for fact in facts())
    flag_id = flag.id

    def approved_at(moment):
        with transaction() as session:
            approved = session.get_one(Recommendation, flag_id)
            approved.state, approved.decided_by, approved.decided_at = FlagState.APPROVED, "赵组织", moment
        assess(second)
        return flag_of(second)

    assert approved_at(refused_at - timedelta(minutes=1)).decision == "flagged"
    again = approved_at(denied_at + timedelta(minutes=1))
    assert again.decision == "needs_facts"
    assert "曾被推荐" in findings(again)


def test_once_a_year_is_answered_by_word(person_id):
    published = entered(person_id, ONCE)
    assert flag_of(published, "promotion").decision == "needs_facts"
    fact_id = state(published, FactKind.NOT_PROMOTED)
    assess(published)
    assert flag_of(published, "promotion").decision == "flagged"
    assert "本人声明" in findings(flag_of(published, "promotion"))

    withdraw_fact(WithdrawFact(published.competition_id, fact_id, "说错了", published.organiser))
    state(published, FactKind.PROMOTED, name="3", on=date(2026, 3, 1), evidence="证书")
    assess(published)
    assert flag_of(published, "promotion").decision == "not_eligible"
    assert "已于 2026-03-01 晋升（本人声明" in findings(flag_of(published, "promotion"))


@pytest.mark.parametrize(
    ("kind", "source", "over", "words"),
    [
        (FactKind.HELD, FactSource.DECLARED, {"name": " "}, "请填写称号"),
        (FactKind.HELD, FactSource.DECLARED, {"stated_by": " "}, "请写明是谁声明的"),
        (FactKind.HELD, FactSource.DECLARED, {"evidence": "长" * 201}, "最多 200 字"),
        (FactKind.HELD, FactSource.DECLARED, {"on": date(9999, 1, 1)}, "晚于今天"),
        (FactKind.HELD, FactSource.RETURNED, {"authority": "某厅", "document": ""}, "须写明授予机关、文号和日期"),
        (FactKind.NONE_ELSE, FactSource.RETURNED, {}, "只能登记已获得的称号"),
        (FactKind.PROMOTED, FactSource.DECLARED, {}, "请填写晋升的日期"),
    ],
)
def test_what_is_not_whole_is_refused_in_one_sentence(sqlite_app, kind, source, over, words):
    with pytest.raises(InvalidInputError, match=words):
        state(make_flagged(), kind, source, **over)
    assert facts() == []


def test_the_same_word_is_recorded_once_taken_back_once_and_only_here(sqlite_app):
    published = make_flagged()
    fact_id = state(published)
    with pytest.raises(SameFactError):
        state(published)
    elsewhere = make_competition().id
    with pytest.raises(NotFoundError):
        withdraw_fact(WithdrawFact(elsewhere, fact_id, "x", published.organiser))
    statement = Statement(FactKind.HELD, FactSource.DECLARED, name=TITLE, stated_by="本人")
    with pytest.raises(NotFoundError):
        state_fact(StateFact(elsewhere, published.contestant_ids[0], statement, published.organiser))
    with pytest.raises(InvalidInputError):
        withdraw_fact(WithdrawFact(published.competition_id, fact_id, " ", published.organiser))
    withdraw_fact(WithdrawFact(published.competition_id, fact_id, "弄错人", published.organiser))
    with pytest.raises(FactWithdrawnError):
        withdraw_fact(WithdrawFact(published.competition_id, fact_id, "再撤", published.organiser))
    actions = [entry.action for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert (actions.count("titles.stated"), actions.count("titles.withdrawn")) == (1, 1)


def test_what_a_kind_has_no_use_for_is_not_stored(sqlite_app):
    published = make_flagged()
    state(
        published,
        FactKind.NONE_ELSE,
        name="x",
        authority="某厅",
        document="1号",
        on=date(2025, 1, 1),
        occupation="焊工",
    )
    (fact,) = facts()
    assert (fact.name, fact.authority, fact.document, fact.on, fact.occupation) == ("", "", "", None, "")


def test_nothing_is_stated_of_somebody_whose_data_were_deleted(sqlite_app):
    published = make_flagged()
    state(published)
    with transaction() as session:
        session.get_one(Competition, published.competition_id).state = CompetitionState.ARCHIVED
    erase_person(ErasePerson(published.competition_id, published.contestant_ids[0], "本人申请", published.organiser))
    with pytest.raises(ConflictError, match="已经删除"):
        state(published, FactKind.NONE_ELSE)


def test_the_record_tells_titles_with_source_and_denials_only_at_home(person_id):
    first = entered(person_id, rules(), opens_on=BEFORE, title="春季赛")
    document = {"authority": "某局", "document": "某〔2026〕1号", "on": date(2026, 6, 1)}
    state(first, source=FactSource.RETURNED, **document)
    state(first, FactKind.NOT_PROMOTED)
    gone = state(first, name="别的称号")
    withdraw_fact(WithdrawFact(first.competition_id, gone, "弄错人", first.organiser))
    second = entered(person_id, rules(), title="秋季赛")
    contestant = db.session.get_one(Contestant, second.contestant_ids[0])

    elsewhere = gather(db.session(), contestant, second.competition_id)
    own = gather(db.session(), contestant, None)

    assert [[fact.kind for fact in entry.facts] for entry in elsewhere.entries] == [[], ["held"]]
    assert [[fact.kind for fact in entry.facts] for entry in own.entries] == [[], ["held", "not_promoted", "held"]]
    assert [fact.matter for fact in own.titles] == [TITLE]
    assert "某〔2026〕1号" in own.titles[0].source
    assert "弄错人" in own.entries[1].facts[2].withdrawn
    rows = read_spreadsheet(workbook(own), "a.xlsx")[3].rows
    assert rows[2][2:4] == [TITLE, "授予文件"]


def test_granted_is_counted_where_it_was_recommended_and_stands_on_a_document(sqlite_app):
    published = make_flagged()
    add_flag(published, "honour", TITLE, "own.0001")
    add_flag(published, "honour", TITLE, "own.0001", position=2)
    document = {"authority": "某局", "document": "某〔2025〕1号", "on": date(2025, 6, 1)}
    state(published, source=FactSource.RETURNED, **document)
    state(published, position=2)
    state(published, source=FactSource.RETURNED, position=3, **document)

    totals = of_competition(published.competition_id, is_public=False).totals
    assert (totals[Measure.HONOUR_APPROVED], totals[Measure.GRANTED]) == (2, 1)


def test_the_page_shows_what_is_asked_records_it_and_takes_it_back(person_id, app):
    published = entered(person_id, NEVER)
    organiser = make_account(role=Role.ORGANISER, competition_id=published.competition_id)
    client = sign_in_account(app.test_client(), organiser)
    base = f"/certificates/competitions/{published.competition_id}"
    page = f"{base}/contestants/{published.contestant_ids[0]}/facts"
    assert "规则还在问" in client.get(page).text

    typed = {"kind": "none_else", "source": "declared", "stated_by": ""}
    refused = client.post(page, data=typed)
    assert refused.status_code == 422
    assert "请写明是谁声明的" in refused.text
    assert client.post(page, data=typed | {"stated_by": "本人", "on": "昨天"}).status_code == 422
    assert client.post(page, data=typed | {"stated_by": "本人", "evidence": "承诺书"}).status_code == 302
    shown = re.sub("<[^>]+>", "", client.get(page).text)
    for words in ("没有其他称号或奖章", "本人声明", "凭据：承诺书"):
        assert words in shown, words
    client.post(f"{base}/facts/{facts()[0].id}/withdrawals", data={"text": "说错了"})
    assert "说错了" in client.get(page).text
    assert "补充事实" in client.get(f"{base}/contestants/{published.contestant_ids[0]}/record").text


def test_a_supervisor_states_nothing(sqlite_app):
    event = make_event()
    client = sign_in_account(
        sqlite_app.test_client(), make_account(role=Role.SUPERVISOR, competition_id=event.competition_id)
    )
    base = f"/certificates/competitions/{event.competition_id}"
    assert client.get(f"{base}/contestants/1/facts").status_code == 403
    assert client.post(f"{base}/contestants/1/facts").status_code == 403
    assert client.post(f"{base}/facts/1/withdrawals").status_code == 403
    assert db.session.scalars(select(Entrant)).all() == []
