"""The contestant's own papers, made for a phone: what is missing, hand it in, see what became of it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from certificates.attachments.handing_in import HandIn, LookAtPaper, flag_for, hand_in, look_at_paper
from certificates.attachments.pages import answer, handed_in, standing_of, words
from certificates.blueprint import bp
from certificates.contestants.own import own_contestants
from core.auth import Actor, requires, signed_in_actor
from core.db import db

OWN = "/own/flags/<int:flag_id>/papers"


def _mine(actor: Actor) -> tuple[int, frozenset[int]]:
    """The competition of the sign-in, and all that the person is in it."""
    own = own_contestants(db.session(), actor)
    return own[0].entrant.event.competition_id, frozenset(contestant.id for contestant in own)


@bp.get(OWN)
@requires("own.view", anywhere=True)
def own_papers(flag_id: int) -> ResponseReturnValue:
    """The own list with what is missing."""
    competition_id, own = _mine(signed_in_actor())
    flag = flag_for(db.session(), competition_id, flag_id, own)
    return render_template(
        "certificates/own_papers.html", flag=flag, standing=standing_of(competition_id, flag), **words()
    )


@bp.post(OWN)
@requires("own.view", anywhere=True)
def hand_in_own(flag_id: int) -> ResponseReturnValue:
    """Hand in one of the own papers."""
    actor = signed_in_actor()
    competition_id, own = _mine(actor)
    item, data = handed_in()
    hand_in(HandIn(competition_id, flag_id, item, data, actor, own))
    flash(_("已提交“%(item)s”，等组织者审核", item=item), "success")
    return redirect(url_for("certificates.own_papers", flag_id=flag_id))


@bp.get("/own/papers/<int:paper_id>/file")
@requires("own.view", anywhere=True)
def own_paper_file(paper_id: int) -> ResponseReturnValue:
    """One of the own files."""
    actor = signed_in_actor()
    competition_id, own = _mine(actor)
    return answer(look_at_paper(LookAtPaper(competition_id, paper_id, actor, own)))
