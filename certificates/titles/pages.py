"""Pages: titles that came back by workbook, facts about one contestant, and taking them back."""

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates import labels
from certificates.awards.pages import C
from certificates.blueprint import bp
from certificates.forms import TextForm
from certificates.incoming.forms import TakeInForm, UploadForm
from certificates.incoming.pages import WorkbookPages
from certificates.papers.files import TYPES
from certificates.titles.asking import open_questions
from certificates.titles.forms import FactForm
from certificates.titles.known import facts_of_competition, facts_of_contestant, known_titles
from certificates.titles.models import FactKind, FactSource
from certificates.titles.placing import TITLES
from certificates.titles.stating import StateFact, WithdrawFact, state_fact, withdraw_fact
from certificates.titles.template import TakeOutTitles, take_out_titles
from certificates.titles.words import KIND_NAMES, SOURCE_NAMES, matter_of, source_words
from competitions.forms import accepted
from competitions.registration.entrants import contestant_of
from competitions.setup import competition_of
from core.auth import requires, signed_in_actor
from core.db import db
from core.downloads import attachment
from core.messages import said_again

ONE = f"{C}/titles/workbooks/<int:workbook_id>"
OF_PERSON = f"{C}/contestants/<int:contestant_id>/facts"
WORDS = {
    "kinds": KIND_NAMES,
    "sources": SOURCE_NAMES,
    "FactKind": FactKind,
    "FactSource": FactSource,
    "matter_of": matter_of,
    "source_words": source_words,
    "labels": labels,
    "said_again": said_again,
}
WORKBOOKS = WorkbookPages(
    TITLES,
    listing="certificates.titles",
    preview="certificates.titles_preview",
    template="certificates/titles_preview.html",
    words={},
)


@bp.get(f"{C}/titles")
@requires("flag.view")
def titles(competition_id: int) -> ResponseReturnValue:
    """What is recorded of titles in this competition, and the workbook out and in."""
    return _page(competition_id, UploadForm())


def _page(competition_id: int, form: UploadForm) -> ResponseReturnValue:
    page = render_template(
        "certificates/titles.html",
        competition=competition_of(competition_id),
        form=form,
        facts=facts_of_competition(db.session(), competition_id),
        pending=WORKBOOKS.pending(competition_id),
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post(f"{C}/titles/workbook.xlsx")
@requires("flag.decide")
def titles_workbook(competition_id: int) -> ResponseReturnValue:
    """The workbook with everybody who was recommended; it names document numbers, so that taking it is recorded."""
    content = take_out_titles(TakeOutTitles(competition_id, signed_in_actor()))
    name = f"{competition_of(competition_id).title} 称号授予情况.xlsx"
    return Response(content, mimetype=TYPES["xlsx"], headers=attachment(name))


@bp.post(f"{C}/titles/workbooks")
@requires("flag.decide")
def read_titles_workbook(competition_id: int) -> ResponseReturnValue:
    """Look at an uploaded workbook; nothing is stored yet."""
    form = UploadForm()
    return WORKBOOKS.read(competition_id, form) or _page(competition_id, form)


@bp.get(ONE)
@requires("flag.decide")
def titles_preview(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """What becomes of every row, the wrong ones first."""
    return WORKBOOKS.show(competition_id, workbook_id, TakeInForm())


@bp.post(f"{ONE}/intakes")
@requires("flag.decide")
def take_in_titles_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Store the good rows of a preview, all or none."""
    return WORKBOOKS.take_in(competition_id, workbook_id)


@bp.post(f"{ONE}/removals")
@requires("flag.decide")
def drop_titles_workbook(competition_id: int, workbook_id: int) -> ResponseReturnValue:
    """Forget a preview."""
    return WORKBOOKS.drop(competition_id, workbook_id)


@bp.get(OF_PERSON)
@requires("flag.decide")
def facts(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """What is recorded of one contestant, what the rules still ask, and the form for it."""
    return _facts_page(competition_id, contestant_id, FactForm())


@bp.post(OF_PERSON)
@requires("flag.decide")
def state_fact_of(competition_id: int, contestant_id: int) -> ResponseReturnValue:
    """Record one fact."""
    form = FactForm()
    command = (competition_id, contestant_id)
    if accepted(form, lambda: state_fact(StateFact(*command, form.statement(), signed_in_actor()))):
        flash(_("已登记。资格须重新核对后才会改变。"), "success")
        return redirect(url_for("certificates.facts", competition_id=competition_id, contestant_id=contestant_id))
    return _facts_page(competition_id, contestant_id, form)


def _facts_page(competition_id: int, contestant_id: int, form: FactForm) -> ResponseReturnValue:
    session = db.session()
    contestant = contestant_of(competition_id, contestant_id)
    page = render_template(
        "certificates/facts.html",
        competition=competition_of(competition_id),
        contestant=contestant,
        form=form,
        facts=facts_of_contestant(session, contestant_id),
        questions=open_questions(session, contestant),
        titles=sorted(known_titles(session)),
        **WORDS,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post(f"{C}/facts/<int:fact_id>/withdrawals")
@requires("flag.decide")
def withdraw_fact_of(competition_id: int, fact_id: int) -> ResponseReturnValue:
    """Take a fact back."""
    reason = TextForm().text.data or ""
    withdraw_fact(WithdrawFact(competition_id, fact_id, reason, signed_in_actor()))
    flash(_("已撤回。资格须重新核对后才会改变。"), "success")
    return redirect(url_for("certificates.titles", competition_id=competition_id))
