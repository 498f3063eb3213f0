"""Layouts of an organiser's own: copied, tried with the real list, saved as versions, frozen with what is issued."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from at_once import at_once
from awarded import TERMS, Row, certificates, issue, make_awarded
from factories import make_account, make_actor, make_competition, make_entrant, make_event, make_person, sign_in_account
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from made_fonts import LACKING
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from certificates.issue.files import digest_of, file_of
from certificates.layout_editing.exchange import read_layout_file
from certificates.layout_editing.offered import names_for
from certificates.layouts.loading import builtin_layouts, builtin_source, load_layout
from certificates.layouts.reader import LayoutError, read_json
from certificates.layouts.variables import KNOWN_VARIABLES, Scope, Variable
from certificates.materials.models import LayoutVersion
from certificates.materials.own_layouts import (
    AddLayout,
    OutdatedLayoutError,
    SaveLayout,
    add_layout,
    key_of,
    own_layout_of,
    save_layout,
)
from certificates.models import Layout as StoredLayout
from core import jobs
from core.audit import AuditEntry, verify
from core.db import db
from core.permissions import Role

PLAIN = read_json(builtin_source("plain-red"))


def base(competition_id: int) -> str:
    return f"/certificates/competitions/{competition_id}"


def organiser(client: FlaskClient, competition_id: int) -> FlaskClient:
    return sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=competition_id))


def changed(**over: Any) -> dict[str, Any]:
    """The plain layout with some keys of its first text item changed."""
    items = [dict(item) for item in PLAIN["items"]]
    next(item for item in items if item["id"] == "name").update(over)
    return PLAIN | {"items": items}


def make_layout(competition_id: int, document: dict[str, Any] | None = None) -> int:
    return add_layout(AddLayout(competition_id, document or PLAIN, "试", make_actor(Role.ORGANISER, competition_id)))


def key(competition_id: int, layout_id: int) -> str:
    return key_of(own_layout_of(db.session(), competition_id, layout_id))


def sent(client: FlaskClient, address: str, **body: Any) -> TestResponse:
    return client.post(address, json=body)


def test_every_layout_of_the_product_is_copied_opened_and_drawn(client: FlaskClient) -> None:
    competition_id = make_competition().id
    organiser(client, competition_id)
    page = f"{base(competition_id)}/layouts"

    for number, name in enumerate(builtin_layouts(), start=1):
        assert client.get(f"{page}/{name}.png").data.startswith(b"\x89PNG")
        answer = client.post(f"{page}/copies", data={"source": name})
        assert answer.location == f"{page}/{number}/editor"
        assert client.get(answer.location).status_code == 200
        loaded = client.get(f"{page}/{number}/document").json
        assert loaded is not None
        assert loaded["number"] == 1
        assert load_layout(loaded["document"]).name.endswith("（自制）")
        measured = sent(client, f"{page}/measurements", document=loaded["document"]).json
        assert measured is not None
        assert [one["key"] for one in measured["samples"]] == ["samples"]
        assert [one for one in measured["problems"] if one["is_error"]] == []
    listed = client.get(page).text
    assert listed.count("layout-card__text") == 2 * len(builtin_layouts())


def test_a_saved_change_is_a_new_version_with_its_reason_and_the_old_one_stays(client: FlaskClient) -> None:
    competition_id = make_competition().id
    layout_id = make_layout(competition_id)
    organiser(client, competition_id)
    page = f"{base(competition_id)}/layouts/{layout_id}"

    refused = sent(client, f"{page}/versions", document=changed(size=20), based_on=1, reason=" ")
    saved = sent(client, f"{page}/versions", document=changed(size=20), based_on=1, reason="姓名小一点")
    again = sent(client, f"{page}/versions", document=changed(size=20), based_on=2, reason="没有改")

    assert refused.status_code == 422
    assert saved.json == again.json == {"number": 2}
    shown = client.get(f"{page}/versions").text
    assert "姓名小一点" in shown
    assert client.get(f"{base(competition_id)}/layouts/own-{layout_id}-1.json").json == PLAIN
    restored = client.post(f"{page}/versions/1/restorations", follow_redirects=True).text
    assert "现在是第 3 版" in restored
    assert client.get(f"{page}/document").json == {"number": 3, "document": PLAIN}
    assert verify() == []
    actions = list(db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("layout."))))
    assert actions == ["layout.saved"] * 3


def test_nothing_but_what_the_reader_accepts_is_stored(client: FlaskClient) -> None:
    competition_id = make_competition().id
    layout_id = make_layout(competition_id)
    organiser(client, competition_id)
    address = f"{base(competition_id)}/layouts/{layout_id}/versions"
    bad: list[tuple[Any, str]] = [
        (changed(text="{recipient.salary}"), "项“name”的 text 用了未知的变量“recipient.salary”"),
        (changed(box=[0, 0, 9999, 10]), "的 box 超出了页面"),
        (changed(box=[0, 0, float("nan"), 10]), "的 box 有超出范围的数"),
        (changed(box=[10**400, 0, 1, 1]), "的 box 有超出范围的数"),
        (changed(onclick="x"), "的 onclick 不是版式认得的键"),
        (PLAIN | {"background": {"asset": "没有传过"}}, "背景用了没有上传的图片“没有传过”"),
        (
            PLAIN | {"items": [{"id": "a", "type": "image", "box": [1, 1, 9, 9], "asset": "标志", "alt": "x"}]},
            "第 1 项“a”用了没有上传的图片“标志”",
        ),
        ({}, "schema 没有写"),
        ([], "请求里没有版式"),
        (None, "请求里没有版式"),
    ]

    for document, reason in bad:
        answer = sent(client, address, document=document, based_on=1, reason="试")
        assert answer.status_code == 422, reason
        assert answer.json is not None
        assert reason in answer.json["detail"]
    assert client.post(address, data="{", content_type="application/json").status_code == 422
    assert db.session.query(LayoutVersion).count() == 1


def test_the_layout_is_tried_with_the_hardest_people_of_the_list(client: FlaskClient) -> None:
    competition_id = make_competition().id
    event = make_event(competition_id=competition_id).id
    for name in ("王芳", "阿依古丽·买买提艾力·图尔荪", "赵頔", f"王{LACKING}"):
        make_entrant(event_id=event, person=make_person(name=name), unit="钢厂")
    make_entrant(event_id=event, person=make_person(name="李雷"), unit="河北" * 30 + "公司")
    organiser(client, competition_id)

    narrow = changed(box=[40, 82, 30, 13], size=27, min_size=27)
    found = sent(client, f"{base(competition_id)}/layouts/measurements", document=narrow).json

    assert found is not None
    assert [one["why"] for one in found["samples"]] == [
        "最长姓名",
        "最长单位",
        "最长赛项",
        f"缺字 {LACKING}",
        "生僻字 頔",
        "版式自带的样值",
    ]
    errors = [one for one in found["problems"] if one["is_error"]]
    assert {(one["kind"], one["item"]) for one in errors} >= {("overflow", "name"), ("missing_glyph", "name")}
    assert any("阿依古丽" in one["who"] for one in errors if one["kind"] == "overflow")
    assert any("U+323AF" in one["message"] for one in errors if one["kind"] == "missing_glyph")
    hard = next(one["key"] for one in found["samples"] if LACKING in one["who"])
    picture = sent(client, f"{base(competition_id)}/layouts/pictures", document=narrow, sample=hard, dpi=60)
    assert picture.data.startswith(b"\x89PNG")


def test_a_value_that_no_issue_gives_is_named_before_the_issue(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_entrant(event_id=make_event(competition_id=competition_id).id)
    organiser(client, competition_id)

    document = changed(text="{recipient.name} {recipient.coach}")
    found = sent(client, f"{base(competition_id)}/layouts/measurements", document=document).json

    assert found is not None
    assert any(one["kind"] == "missing_value" and one["item"] == "name" for one in found["problems"])


@pytest.mark.parametrize("kind", ["json", "yaml"])
def test_a_layout_goes_out_as_a_file_and_comes_in_again_unchanged(client: FlaskClient, kind: str) -> None:
    competition_id = make_competition().id
    organiser(client, competition_id)
    page = f"{base(competition_id)}/layouts"

    for name in builtin_layouts():
        file = client.get(f"{page}/{name}.{kind}")
        assert "attachment" in file.headers["Content-Disposition"]
        data = {"file": (io.BytesIO(file.data), f"版式.{kind}")}
        answer = client.post(f"{page}/imports", data=data)
        assert answer.status_code == 302, answer.text
        loaded = client.get(answer.location.replace("/editor", "/document")).json
        assert loaded is not None
        assert loaded["document"] == read_json(builtin_source(name))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps(changed(text="{recipient.salary}")), "项“name”的 text 用了未知的变量“recipient.salary”"),
        (json.dumps(changed(font="serif")), "项“name”的 font “serif”不在可选值之中"),
        (yaml.safe_dump(changed(size=3)), "项“name”的 size 必须是 4 到"),
        ('{"schema": "a", "schema": "b"}', "“schema”写了两次"),
        ("schema: a\nschema: b\n", "“schema”写了两次"),
        ("a: &x [1]\nb: *x\n", "不能用 YAML 的引用"),
        ("a: [" * 40, "嵌套太深"),
        ('{"a":' + "[" * 100_000, "嵌套太深"),
        ("a: [1\nb: 2", "不是有效的 YAML：第 2 行"),
        ('{"a": ', "不是有效的 JSON：第 1 行"),
        ("- 1\n", "必须是一个 JSON 对象"),
        ("? [1]\n: 2\n", "键必须是文字，第 1 行"),
        ("a: 2026-13-45\n", "日期"),
        ("\udcff".encode("utf-8", "surrogateescape"), "不是 UTF-8"),
        ("a: \x07", "不是有效的 YAML"),
    ],
)
def test_a_file_that_is_no_layout_is_refused_with_line_item_and_key(
    client: FlaskClient, content: str | bytes, reason: str
) -> None:
    competition_id = make_competition().id
    organiser(client, competition_id)
    data = content.encode() if isinstance(content, str) else content

    answer = client.post(f"{base(competition_id)}/layouts/imports", data={"file": (io.BytesIO(data), "x.json")})

    assert answer.status_code == 422
    assert reason in answer.text.replace("&#34;", '"')


def test_a_file_beyond_all_measure_is_not_even_read() -> None:
    with pytest.raises(LayoutError, match="超过 512 KB"):
        read_layout_file(b" " * 600_000)


def test_two_people_who_save_at_once_cannot_undo_each_other(app: Flask) -> None:
    competition_id = make_competition().id
    layout_id = make_layout(competition_id)
    actor = make_actor(Role.ORGANISER, competition_id)

    def press(size: int) -> str:
        try:
            save_layout(SaveLayout(competition_id, layout_id, changed(size=size), 1, "改", actor))
        except OutdatedLayoutError:
            return "refused"
        return "saved"

    assert sorted(at_once(app, press, (20, 21))) == ["refused", "saved"]
    db.session.rollback()
    assert own_layout_of(db.session(), competition_id, layout_id).newest == 2


def test_a_version_can_be_neither_changed_nor_removed(app: Flask) -> None:
    make_layout(make_competition().id)

    for act in ("UPDATE layout_version SET reason = 'x'", "DELETE FROM layout_version", "DELETE FROM stored_file"):
        if "stored_file" in act and db.engine.dialect.name == "sqlite":
            continue  # there is no row that a row trigger could stand before
        with db.engine.connect().execution_options(is_write=True) as connection:
            with pytest.raises(DatabaseError, match="append-only"):
                connection.execute(text(act))
            connection.rollback()


def test_what_was_issued_keeps_its_layout_when_the_layout_changes(client: FlaskClient) -> None:
    published = make_awarded([Row("1", name="欧阳𬱖"), Row("2"), Row("3")])
    layout_id = make_layout(published.competition_id, changed(size=24))
    organiser(client, published.competition_id)
    chosen = key(published.competition_id, layout_id)
    page = f"{base(published.competition_id)}/events/{published.event_id}/issues/new"
    assert f'value="{chosen}"' in client.get(page).text
    issue(published, replace(TERMS, layout=chosen), prizes=("一等奖",))
    jobs.sweep()
    first = certificates(published)[0]
    before = file_of(first)
    actor = make_actor(Role.ORGANISER, published.competition_id)
    save_layout(SaveLayout(published.competition_id, layout_id, changed(size=12, min_size=8), 1, "改小", actor))

    issue(published, replace(TERMS, layout=key(published.competition_id, layout_id)), prizes=("二等奖",))
    jobs.sweep()

    first, *others = certificates(published)
    assert file_of(first) == before
    assert digest_of(before) == first.digest
    assert {one.layout_id for one in others}.isdisjoint({first.layout_id})
    sizes = [
        next(item["size"] for item in stored.document["items"] if item["id"] == "name")
        for stored in db.session.scalars(select(StoredLayout).order_by(StoredLayout.id))
    ]
    assert sizes == [24, 12]


def test_a_withdrawn_layout_is_offered_no_more_and_can_come_back(client: FlaskClient) -> None:
    published = make_awarded()
    layout_id = make_layout(published.competition_id)
    organiser(client, published.competition_id)
    chosen = key(published.competition_id, layout_id)
    page = f"{base(published.competition_id)}/layouts"

    assert "版式已停用" in client.post(f"{page}/{layout_id}/withdrawal", follow_redirects=True).text
    offered = client.get(f"{base(published.competition_id)}/events/{published.event_id}/issues/new").text
    assert f'value="{chosen}"' not in offered
    assert client.get(f"{page}/{chosen}.json").status_code == 404
    assert "已恢复使用" in client.post(f"{page}/{layout_id}/return", follow_redirects=True).text
    assert client.get(f"{page}/{chosen}.json").status_code == 200


def test_a_key_that_names_nothing_finds_nothing(client: FlaskClient) -> None:
    competition_id = make_competition().id
    make_layout(competition_id)
    organiser(client, competition_id)

    for wrong in (
        "own-",
        "own-1",
        "own-1-2",
        "own-9-1",
        "own-1-1-1",
        "own-x-1",
        "own-１-1",
        "nothing",
        "own-1-99999999999",
    ):
        assert client.get(f"{base(competition_id)}/layouts/{wrong}.json").status_code == 404, wrong


def test_the_organiser_of_another_competition_sees_and_changes_nothing(client: FlaskClient) -> None:
    mine, others = make_competition().id, make_competition().id
    layout_id = make_layout(others)
    organiser(client, mine)
    own = make_layout(mine)

    for address in ("layouts", f"layouts/{layout_id}/editor", f"layouts/own-{layout_id}-1.json"):
        assert client.get(f"{base(others)}/{address}").status_code == 403, address
    for address in (
        f"layouts/{layout_id}/editor",
        f"layouts/{layout_id}/document",
        f"layouts/{layout_id}/versions",
        f"layouts/own-{layout_id}-1.json",
        f"layouts/own-{layout_id}-1.png",
    ):
        assert client.get(f"{base(mine)}/{address}").status_code == 404, address
    saved = sent(client, f"{base(mine)}/layouts/{layout_id}/versions", document=PLAIN, based_on=1, reason="x")
    assert saved.status_code == 404
    assert client.post(f"{base(mine)}/layouts/{layout_id}/withdrawal").status_code == 404
    assert client.post(f"{base(mine)}/layouts/copies", data={"source": f"own-{layout_id}-1"}).status_code == 404
    assert own_layout_of(db.session(), mine, own).newest == 1


def test_who_does_not_fit_is_named_with_item_and_box_before_the_issue_and_the_rest_goes_on(client: FlaskClient) -> None:
    long = "阿依古丽·买买提艾力·图尔荪江·努尔买买提"
    published = make_awarded([Row("1", name=long), Row("2", name="钱二"), Row("3", name="孙三"), Row("4", name="李四")])
    narrow = changed(box=[40, 82, 60, 13], size=27, min_size=20)
    chosen = key(published.competition_id, make_layout(published.competition_id, narrow))
    organiser(client, published.competition_id)

    page = client.get(f"{base(published.competition_id)}/events/{published.event_id}/issues/new?layout={chosen}").text
    issue(published, replace(TERMS, layout=chosen))
    jobs.sweep()

    left_out = page.split("left-out")[1].split("</ul>")[0]
    assert long in left_out
    assert "第“姓名”项：文字缩到 20 磅仍放不进 60×13 毫米的框" in left_out
    names = [one.values["recipient.name"] for one in certificates(published)]
    assert long not in names
    assert len(names) == 2


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_no_two_variables_have_one_name_in_the_editor(app: Flask, language: str) -> None:
    own = Variable("extra.mentor", "姓名", "李堃", Scope.CERTIFICATE)
    with app.app_context(), force_locale(language):
        names = names_for([*KNOWN_VARIABLES.values(), own])
        for table in ("variables", "styles"):
            assert len(set(names[table].values())) == len(names[table])
        assert names["variables"]["extra.mentor"].endswith("extra.mentor")
