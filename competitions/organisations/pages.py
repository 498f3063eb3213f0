"""Pages of organisations for system administrators: all of them; one with who runs it and what is its."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from competitions.blueprint import bp
from competitions.forms import accepted
from competitions.labels import LEVEL_NAMES
from competitions.lifecycle import STATE_NAMES
from competitions.organisations.belonging import SetOrganisation, competitions_of_organisation, set_organisation
from competitions.organisations.forms import AdminForm, BelongingForm, NamesForm
from core.auth import requires, signed_in_actor
from core.organisations import keeping, reading
from core.organisations.reach import is_over_all

O = "/organisations/<int:organisation_id>"  # noqa: E741  the letter that addresses of organisations begin with
FEW = 20
"""So many are found without searching."""


@bp.get("/organisations", endpoint="organisations")
@requires("organisation.run", anywhere=True)
def list_page() -> ResponseReturnValue:
    """Every organisation for system administrators; for others those that they run, one of them at once."""
    actor = signed_in_actor()
    if is_over_all(actor):
        search, lines = request.args.get("q", "").strip(), reading.lines()
        return render_template(
            "organisations/list.html",
            lines=[one for one in lines if search in one.organisation.name or search in one.organisation.short_name],
            has_search=len(lines) > FEW,
            search=search,
        )
    run = reading.run_by(actor)
    if len(run) == 1:
        return redirect(url_for("competitions.organisation_staff", organisation_id=run[0].id))
    return render_template("organisations/own.html", run=run)


@bp.route("/organisations/new", methods=["GET", "POST"], endpoint="organisation_new")
@requires("organisation.edit", anywhere=True)
def new_page() -> ResponseReturnValue:
    """A new organisation."""
    form, made = NamesForm(), list[int]()
    if accepted(form, lambda: made.append(_add(form))):
        flash(_("已建立办赛单位。下一步：指定管理员。"), "success")
        return redirect(url_for("competitions.organisation", organisation_id=made[0]))
    return render_template("organisations/new.html", form=form), 422 if form.is_submitted() else 200


def _add(form: NamesForm) -> int:
    command = keeping.AddOrganisation(form.name.data, form.short_name.data or "", signed_in_actor())
    return keeping.add_organisation(command)


@bp.get(O, endpoint="organisation")
@requires("organisation.edit")
def one_page(organisation_id: int) -> ResponseReturnValue:
    """One organisation: names, who runs it, its competitions."""
    return _page(organisation_id)


def _page(
    organisation_id: int,
    names: NamesForm | None = None,
    admin: AdminForm | None = None,
    belonging: BelongingForm | None = None,
) -> ResponseReturnValue:
    row = reading.organisation_of(organisation_id)
    page = render_template(
        "organisations/one.html",
        organisation=row,
        names=names or NamesForm(formdata=None, obj=row),
        admin=admin or AdminForm(formdata=None),
        belonging=belonging or _belonging(fresh=True),
        admins=reading.admins_of(organisation_id),
        competitions=competitions_of_organisation(organisation_id),
        levels=LEVEL_NAMES,
        states=STATE_NAMES,
    )
    return page, 422 if names or admin or belonging else 200


def _belonging(*, fresh: bool = False) -> BelongingForm:
    form = BelongingForm(formdata=None) if fresh else BelongingForm()
    form.competition.choices = [SelectChoice(str(one.id), one.title) for one in competitions_of_organisation(None)]
    return form


def _back(organisation_id: int) -> ResponseReturnValue:
    return redirect(url_for("competitions.organisation", organisation_id=organisation_id))


@bp.post(f"{O}/names")
@requires("organisation.edit")
def rename_organisation(organisation_id: int) -> ResponseReturnValue:
    """Other names."""
    form = NamesForm()

    def act() -> None:
        words = (form.name.data, form.short_name.data or "")
        keeping.rename_organisation(keeping.RenameOrganisation(organisation_id, *words, signed_in_actor()))

    if accepted(form, act):
        flash(_("已保存"), "success")
        return _back(organisation_id)
    return _page(organisation_id, names=form)


@bp.post(f"{O}/<any(closings, openings):act>")
@requires("organisation.edit")
def open_organisation(organisation_id: int, act: str) -> ResponseReturnValue:
    """Close it, or open it again."""
    keeping.open_organisation(keeping.OpenOrganisation(organisation_id, act == "openings", signed_in_actor()))
    flash(_("已重新启用") if act == "openings" else _("已停用；正在进行的竞赛照常办理"), "success")
    return _back(organisation_id)


@bp.post(f"{O}/admins")
@requires("organisation.edit")
def name_organisation_admin(organisation_id: int) -> ResponseReturnValue:
    """Say who runs it."""
    form, named = AdminForm(), list[str]()
    command = keeping.NameAdmin(organisation_id, form.username.data or "", signed_in_actor())
    if accepted(form, lambda: named.append(keeping.name_admin(command))):
        flash(_("%(name)s现在是这个单位的管理员", name=named[0]), "success")
        return _back(organisation_id)
    return _page(organisation_id, admin=form)


@bp.post(f"{O}/admins/<int:account_id>/removals")
@requires("organisation.edit")
def unname_organisation_admin(organisation_id: int, account_id: int) -> ResponseReturnValue:
    """Somebody runs it no longer."""
    keeping.unname_admin(keeping.UnnameAdmin(organisation_id, account_id, signed_in_actor()))
    flash(_("已收回"), "success")
    return _back(organisation_id)


@bp.post(f"{O}/competitions")
@requires("organisation.edit")
def add_to_organisation(organisation_id: int) -> ResponseReturnValue:
    """A competition of the server's becomes this organisation's."""
    form = _belonging()

    def act() -> None:
        set_organisation(SetOrganisation(int(form.competition.data), organisation_id, signed_in_actor()))

    if accepted(form, act):
        flash(_("已归入这个单位"), "success")
        return _back(organisation_id)
    return _page(organisation_id, belonging=form)


@bp.post(f"{O}/competitions/<int:competition_id>/removals")
@requires("organisation.edit")
def take_from_organisation(organisation_id: int, competition_id: int) -> ResponseReturnValue:
    """A competition becomes the server's own."""
    set_organisation(SetOrganisation(competition_id, None, signed_in_actor()))
    flash(_("已移出这个单位"), "success")
    return _back(organisation_id)
