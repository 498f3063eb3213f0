"""补字 fonts: which names lack a character, what is taken in, and what they change about an issue."""

from datetime import date

import pytest
from at_once import at_once
from awarded import Row, certificates, issue, make_awarded, make_certified
from factories import make_actor, make_competition, make_entrant, make_event, make_person
from flask import Flask
from flask.testing import FlaskClient
from made_fonts import LACKING, made_font
from makers_materials import base, file, signed_in

from certificates.issue.files import digest_of, file_of
from certificates.issue.issuing import ReplaceCertificate, replace_certificate
from certificates.materials.fonts import AddFont, add_font, undrawable
from competitions.lifecycle import CompetitionState
from core import jobs
from core.db import transaction
from core.errors import ConflictError
from core.permissions import Role


def test_a_name_nobody_draws_is_listed_until_a_font_comes_and_is_then_issued(client: FlaskClient) -> None:
    published = make_awarded([Row("1", name=f"王{LACKING}"), Row("2"), Row("3"), Row("4")])
    signed_in(client, published.competition_id)
    page = f"{base(published.competition_id)}/characters"
    assert "U+323AF" in client.get(page).text
    issue(published)
    jobs.sweep()
    assert len(certificates(published)) == 2

    data = {"file": file(made_font(f"{LACKING}王"), "补字.ttf")}
    answer = client.post(f"{base(published.competition_id)}/fonts", data=data, follow_redirects=True)

    assert "名单里的每个字都画得出" in answer.text
    assert "Made Song" in answer.text
    assert undrawable(published.competition_id, f"王{LACKING}") == ()
    issue(published)
    jobs.sweep()
    made = [one for one in certificates(published) if LACKING in one.values["recipient.name"]]
    assert len(made) == 1
    assert made[0].layout.materials["fonts"]
    assert [one.layout.materials for one in certificates(published) if one not in made] == [{}, {}]
    assert client.post(f"{base(published.competition_id)}/fonts/1/withdrawal").status_code == 302
    assert digest_of(file_of(made[0])) == made[0].digest
    assert "U+323AF" in client.get(page).text


def test_a_corrected_name_is_drawn_by_a_font_that_came_after_the_first_issue(app: Flask) -> None:
    published = make_certified([Row("1"), Row("2")])
    first = certificates(published)[0]
    add_font(AddFont(published.competition_id, "补字.ttf", made_font(), published.organiser))
    with transaction() as session:
        session.merge(first.contestant.person).name = f"王{LACKING}"

    new_id = replace_certificate(
        ReplaceCertificate(published.competition_id, first.id, "改名", date(2026, 10, 23), published.organiser)
    )

    new = next(one for one in certificates(published) if one.id == new_id)
    assert new.values["recipient.name"] == f"王{LACKING}"
    assert digest_of(file_of(new)) == new.digest


def test_the_import_of_a_roster_names_rows_that_no_certificate_could_show(client: FlaskClient) -> None:
    competition_id = make_competition(state=CompetitionState.REGISTERING).id
    make_event(competition_id=competition_id, name="焊工")
    signed_in(client, competition_id)
    rows = [("王" + LACKING, "130102199003070417"), ("李雷", "130102199003070425")]
    table = "姓名,身份证号码,参赛赛项,代表队,工作单位\n" + "".join(
        f"{name},{number},焊工,唐山市,钢厂\n" for name, number in rows
    )
    page = f"/competitions/{competition_id}/roster/imports"

    answer = client.post(page, data={"file": file(table.encode(), "报名表.csv")}, follow_redirects=True)

    assert "证书上画不出的字" in answer.text
    assert "U+323AF" in answer.text
    add_font(AddFont(competition_id, "补字.ttf", made_font(), make_actor(Role.ORGANISER, competition_id)))
    assert "画不出的字" not in client.get(answer.request.path).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (made_font(rights=2), "“x.ttf”的许可标志禁止嵌入"),
        (made_font("王"), "“x.ttf”里没有字库所缺的字"),
        (b"not a font at all", "“x.ttf”不是 TTF 或 OTF 字体"),
    ],
)
def test_a_font_that_cannot_be_used_is_refused_in_one_sentence(client: FlaskClient, data: bytes, reason: str) -> None:
    competition_id = make_competition().id
    signed_in(client, competition_id)

    answer = client.post(f"{base(competition_id)}/fonts", data={"file": file(data, "x.ttf")})

    assert answer.status_code == 422
    assert reason in answer.text


def test_the_same_font_is_not_taken_in_twice_even_at_once(app: Flask) -> None:
    competition_id = make_competition().id
    actor = make_actor(Role.ORGANISER, competition_id)

    def press(_: int) -> str:
        try:
            add_font(AddFont(competition_id, "补字.ttf", made_font(), actor))
        except ConflictError:
            return "refused"
        return "taken"

    assert sorted(at_once(app, press, range(2))) == ["refused", "taken"]


def test_old_private_code_points_are_not_lacking(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_entrant(event_id=make_event(competition_id=competition_id).id, person=make_person(name="王\ue863"))
    make_entrant(event_id=make_event(competition_id=competition_id).id, person=make_person(name="李\ue001"))
    signed_in(client, competition_id)

    shown = client.get(f"{base(competition_id)}/characters").text

    assert "U+E863" not in shown.split("补字字体")[0]
    assert "U+E001" in shown
    assert "私用区编码" in shown
