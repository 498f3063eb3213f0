"""A scheme is shown before it is adopted, adopted only as shown, and comes back as the file it was."""

import copy
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from at_once import at_once
from factories import make_account, make_competition, make_entrant, make_event, sign_in_account
from flask_babel import force_locale, refresh
from marked import PRACTICE, SCHEME, THEORY, Stage
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from competitions.models import Module
from core.audit import AuditEntry, verify
from core.db import db, transaction
from core.errors import ConflictError, NotFoundError
from core.i18n import translated
from core.permissions import Role
from scoring.engine.scheme_document import scheme_from_document
from scoring.formats import ReadScheme, read_scheme, read_scheme_bytes
from scoring.formats.yaml_write import write_yaml
from scoring.models import SchemeDraft, SchemeVersion, ScoreSheet
from scoring.schemes.drafts import AdoptDraft, KeepDraft, adopt_draft, keep_draft, preview_of, waiting_draft
from scoring.schemes.seatless import seatless_names
from scoring.sheets.opening import current_scheme

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "docs" / "examples").glob("*.yaml"))
BAD = sorted((ROOT / "tests" / "data" / "bad-schemes").glob("*.yaml"))


def document(**over):
    """The scheme of the stage with other shares of theory and practice."""
    theory, practice = (dict(child) for child in SCHEME["children"])
    theory["weight"], practice["weight"] = over.pop("shares", (30, 70))
    return SCHEME | {"children": [theory, practice]} | over


@pytest.fixture
def client(request):
    """A visitor of the very application that the test runs on."""
    kind = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    return request.getfixturevalue(kind).test_client()


class House:
    """An event without a scheme and who works on it."""

    def __init__(self, stage=None):
        self.stage = stage
        self.competition = stage.competition if stage else make_competition()
        self.competition_id = self.competition.id
        self.event_id = stage.event_id if stage else make_event(competition_id=self.competition.id, name="焊工").id
        self.base = f"/scoring/competitions/{self.competition.id}/events/{self.event_id}/scheme"

    def sign_in(self, client, role=Role.ORGANISER):
        sign_in_account(client, make_account(role=role, competition=self.competition))
        return client

    def upload(self, client, data, name="焊工.yaml"):
        return client.post(self.base, data={"file": (io.BytesIO(data), name)})

    def draft(self, content, warnings=()):
        from factories import make_actor

        self.actor = make_actor(Role.ORGANISER, self.competition.id)
        read = ReadScheme(scheme_from_document(content), warnings)
        return keep_draft(KeepDraft(self.competition.id, self.event_id, read, "焊工.yaml", self.actor))

    def adopt(self, draft_id):
        return adopt_draft(AdoptDraft(self.competition_id, self.event_id, draft_id, self.actor))

    def preview(self, draft_id):
        return preview_of(db.session(), self.competition.id, self.event_id, draft_id)

    def count(self, table):
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def house(app):
    return House()


@pytest.fixture
def staged(app):
    return House(Stage())


def test_a_scheme_is_adopted_by_the_second_press_only(house, client):
    house.sign_in(client)
    answer = house.upload(client, write_yaml(document()))

    assert answer.status_code == 302
    assert house.count(SchemeVersion) == 0
    page = client.get(answer.location).text
    assert "第一份方案" in page
    assert "理论知识" in page
    assert client.post(f"{answer.location}/adoptions").status_code == 302
    assert house.count(SchemeVersion) == 1
    version = current_scheme(db.session(), house.event_id)
    assert (version.number, version.source_name) == (1, "焊工.yaml")
    assert {module.code for module in db.session.scalars(select(Module))} == {"T", "P"}


def test_the_page_says_what_a_further_version_changes(staged):
    draft = staged.draft(document(shares=(40, 60)))
    preview = staged.preview(draft)

    assert preview.changes == ("「T 理论知识」的权重由 30 改为 40", "「P 操作技能」的权重由 70 改为 60")
    assert preview.may_be_adopted
    assert staged.adopt(draft) == 2


def test_the_difference_stands_on_the_page(staged, client):
    draft = staged.draft(document(shares=(40, 60)), ("合计与表中所写不符",))
    page = staged.sign_in(client).get(f"{staged.base}/drafts/{draft}").text

    assert "「T 理论知识」的权重由 30 改为 40" in page
    assert "合计与表中所写不符" in page
    assert "采用为第 2 版" in page


def test_what_adoption_does_to_sheets_and_modules_is_counted(staged):
    staged.stage.open()
    extra = {"code": "Q", "label": "口试", "level": "module", "children": [{"code": "Q1", "max": 10}]}
    theory = document()["children"][0]
    draft = staged.draft(document(children=[theory, extra | {"weight": 70}], ranking={"ties": ["Q"]}))
    preview = staged.preview(draft)

    assert preview.dropped == staged.count(ScoreSheet) == 12
    assert preview.entrants == 3
    fates = {effect.name: (effect.fate, effect.seated, effect.is_short) for effect in preview.modules}
    assert fates == {
        "理论知识": ("保留", 0, False),
        "口试": ("新增", 0, True),
        "操作技能": ("删去", 3, False),
    }
    staged.adopt(draft)
    assert staged.count(ScoreSheet) == 0


def test_a_draft_is_not_adopted_beside_another_version_than_the_one_it_was_shown_beside(staged):
    first, second = staged.draft(document(shares=(40, 60))), staged.draft(document(shares=(50, 50)))
    staged.adopt(first)

    assert staged.preview(second).is_passed
    with pytest.raises(ConflictError, match="第 2 版"):
        staged.adopt(second)
    with pytest.raises(ConflictError, match="第 2 版"):
        staged.adopt(first)
    assert staged.count(SchemeVersion) == 2


def test_of_two_who_press_at_once_one_adopts(app):
    house = House(Stage())
    drafts = [house.draft(document(shares=(share, 100 - share))) for share in (40, 50)]
    db.session.rollback()

    def press(draft_id):
        try:
            return house.adopt(draft_id)
        except ConflictError as error:
            return type(error).__name__

    results = at_once(app, press, drafts)

    assert sorted(map(str, results)) == ["2", "ConflictError"]
    winner = drafts[results.index(2)]
    assert current_scheme(db.session(), house.event_id).document == db.session.get(SchemeDraft, winner).document


def test_once_somebody_has_marked_nothing_is_adopted(staged, client):
    draft = staged.draft(document(shares=(40, 60)))
    staged.stage.mark_all(PRACTICE, THEORY)

    assert staged.preview(draft).is_frozen
    with pytest.raises(ConflictError, match="已开始评分"):
        staged.adopt(draft)
    page = staged.sign_in(client).get(f"{staged.base}/drafts/{draft}").text
    assert "方案已冻结" in page
    assert "采用为第" not in page


def test_the_same_scheme_again_is_said_to_be_the_same(staged, client):
    draft = staged.draft(scheme_from_document(SCHEME).to_document())

    assert staged.preview(draft).is_same
    assert "完全相同" in staged.sign_in(client).get(f"{staged.base}/drafts/{draft}").text


def test_a_draft_waits_until_it_is_adopted_or_passed(staged, client):
    assert waiting_draft(db.session(), staged.event_id) is None
    draft = staged.draft(document(shares=(40, 60)))

    assert waiting_draft(db.session(), staged.event_id).id == draft
    assert "已读入，尚未采用" in staged.sign_in(client).get(staged.base).text
    staged.adopt(draft)
    assert waiting_draft(db.session(), staged.event_id) is None


def test_reading_and_adopting_are_each_recorded_once(staged):
    staged.adopt(staged.draft(document(shares=(40, 60))))

    query = select(AuditEntry.action).order_by(AuditEntry.id)
    actions = [action for action in db.session.scalars(query) if action.startswith("scheme.")]
    assert actions == ["scheme.adopted", "scheme.read", "scheme.adopted"]
    assert verify() == []


def test_the_database_refuses_to_change_a_draft(staged):
    staged.draft(document())
    for statement in ("UPDATE scheme_draft SET source_name = 'x'", "DELETE FROM scheme_draft"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
            session.execute(text(statement))


def test_a_draft_of_another_event_is_not_found(staged):
    draft = staged.draft(document())
    other = make_event(competition_id=staged.competition.id)
    with pytest.raises(NotFoundError):
        preview_of(db.session(), staged.competition.id, other.id, draft)
    with pytest.raises(NotFoundError):
        adopt_draft(AdoptDraft(staged.competition.id, other.id, draft, staged.actor))


@pytest.mark.parametrize(
    ("role", "reads", "uploads"),
    [(Role.ORGANISER, 200, 422), (Role.CHIEF_JUDGE, 200, 403), (Role.SUPERVISOR, 200, 403), (Role.JUDGE, 403, 403)],
)
def test_chief_judges_read_schemes_and_organisers_adopt_them(sqlite_app, client, role, reads, uploads):
    house = House(Stage())
    draft = house.draft(document(shares=(40, 60)))
    house.sign_in(client, role)

    for path in (house.base, f"{house.base}/drafts/{draft}", f"{house.base}/versions/1/files/yaml"):
        assert client.get(path).status_code == reads
    assert client.post(house.base).status_code == uploads
    adopted = client.post(f"{house.base}/drafts/{draft}/adoptions").status_code
    assert adopted == (302 if role is Role.ORGANISER else 403)


class Rows(HTMLParser):
    """The cells of the table of mistakes, and the language of each."""

    def __init__(self, page):
        super().__init__()
        self.cells, self.languages, self._open = [], [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "td":
            self._open = True
            self.cells.append("")
            self.languages.append(dict(attrs).get("lang"))

    def handle_endtag(self, tag):
        if tag == "td":
            self._open = False

    def handle_data(self, data):
        if self._open:
            self.cells[-1] += data


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_answered_with_file_line_and_sentence_in_both_languages(sqlite_app, client, path):
    house, data = House(), path.read_bytes()
    house.sign_in(client)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # the very error that the page has to tell
        read_scheme_bytes(data, path.name)
    for language in ("zh", "en"):
        client.set_cookie("language", language)
        refresh()
        answer = house.upload(client, data, path.name)
        assert answer.status_code == 422
        assert_rows(Rows(answer.text), caught.value.problems, path.name, language)
    assert house.count(SchemeDraft) == 0


def assert_rows(rows, problems, name, language):
    """One row for each mistake: file, place, and the sentence in the reader's language."""
    for index, problem in enumerate(problems):
        file, place, sentence = rows.cells[3 * index : 3 * index + 3]
        assert file == name
        assert problem.line is None or place.split(" : ")[0] == str(problem.line)
        with force_locale(language):
            assert sentence.startswith(str(translated(problem.message)))
        assert sentence.startswith(problem.message) == (language == "zh")
        assert rows.languages[3 * index : 3 * index + 3] == ["zh-CN", "zh-CN", None]  # the file's words, and ours


def test_a_workbook_that_is_none_is_answered_with_a_sentence(sqlite_app, client):
    house = House()
    answer = house.upload(house.sign_in(client), b"PK\x03\x04 no workbook", "方案.xlsx")

    assert answer.status_code == 422
    assert "方案.xlsx" in answer.text


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_scheme_goes_out_and_in_through_the_pages_unchanged(sqlite_app, client, path, kind):
    house = House()
    house.sign_in(client)
    client.post(f"{house.upload(client, path.read_bytes(), path.name).location}/adoptions")
    answer = client.get(f"{house.base}/versions/1/files/{kind}")
    again = client.get(house.upload(client, answer.data, f"焊工.{kind}").location).text

    assert "完全相同" in again
    assert current_scheme(db.session(), house.event_id).document == read_scheme(path).to_document()


def test_a_scheme_of_the_worldskills_form_comes_back_from_their_workbook(sqlite_app, client, shared_data):
    house = House()
    house.sign_in(client)
    workbook = (shared_data("marking-schemes") / "worldskills-workbook.xlsx").read_bytes()
    client.post(f"{house.upload(client, workbook, 'w.xlsx').location}/adoptions")
    assert "世赛工作簿" in client.get(house.base).text

    answer = client.get(f"{house.base}/versions/1/files/worldskills")
    assert "完全相同" in client.get(house.upload(client, answer.data, "again.xlsx").location).text


def test_what_the_worldskills_form_has_no_place_for_is_said_and_refused(sqlite_app, client):
    house = House(Stage())
    house.sign_in(client)

    assert "装不下" in client.get(house.base).text
    assert client.get(f"{house.base}/versions/1/files/worldskills").status_code == 422
    assert client.get(f"{house.base}/versions/9/files/yaml").status_code == 404


def test_an_older_version_can_still_be_read(staged, client):
    staged.adopt(staged.draft(document(shares=(40, 60))))
    page = staged.sign_in(client).get(f"{staged.base}?version=1").text

    assert "旧的第 1 版" in page
    assert "70%" in page


def test_new_entrants_do_not_stop_a_preview(staged):
    make_entrant(event_id=staged.event_id, draw_number=None)
    assert staged.preview(staged.draft(document(shares=(40, 60)))).entrants == 4


def by_name(*names):
    found = copy.deepcopy(document())
    found["children"][1]["children"][0]["panel"] = {"judges": list(names), "round": 2}
    return found


def test_a_draft_says_which_judges_are_no_seats_before_anything_is_adopted(house, client):
    house.sign_in(client)
    answer = house.upload(client, write_yaml(by_name("张三", "J2", "李四")))
    page = client.get(answer.location).text

    assert "“成形”（P1）的评委名单里写了“张三、李四”，不是席位" in page
    assert "请把方案文件里这一处的 judges 改成席位，或只写裁判人数" in page
    assert client.post(f"{answer.location}/adoptions").status_code == 302  # a warning; marks from files may have names
    assert "张三、李四" in client.get(house.base).text

    client.set_cookie("language", "en")
    refresh()
    assert "is no seat" in client.get(house.base).text


def test_a_draft_of_seats_has_no_such_warning(house, client):
    house.sign_in(client)
    for content in (document(), by_name("J1", "J2", "J3")):
        page = client.get(house.upload(client, write_yaml(content)).location).text
        assert "不是席位" not in page


def test_thirty_aspects_of_one_panel_are_one_sentence(sqlite_app):
    found = by_name("张三")
    aspect = found["children"][1]["children"][0]
    found["children"][1]["children"] = [
        aspect | {"code": f"P{number}", "label": f"成形{number}", "max": 10} for number in range(1, 11)
    ]
    sentences = seatless_names(scheme_from_document(found))

    assert len(sentences) == 1
    assert "“成形1”（P1）、“成形2”（P2）、“成形3”（P3） 等 10 个评分点" in sentences[0]
