"""What a tablet could not send, read by the chief judge: stored once, refused with a sentence, recorded."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import segno
from at_once import at_once
from factories import (
    WELDING_MARKS,
    make_account,
    make_actor,
    make_competition,
    make_entrant,
    make_judge,
    make_sheet,
    sign_in_account,
)
from flask import Flask
from parcels import later, make_codes, make_device, make_parcel, save
from PIL import Image
from sqlalchemy import func, select

from core.audit import AuditEntry, verify
from core.auth import Actor, SignIn, SubjectKind, revoke
from core.db import db
from core.permissions import Role
from scoring.handing_over.pages import UPLOAD_LIMIT
from scoring.handing_over.parcel import MOST_FILE_BYTES
from scoring.handing_over.taking import (
    ForeignParcelError,
    RevokedDeviceError,
    Taken,
    TakeOver,
    take_over,
)
from scoring.models import RefusedSave, ScoreSheet, SheetRevision, SheetSubmission
from scoring.sheets.saving import SaveMarks, SyncSaves, sync_saves
from scoring.tablet.payloads import MalformedError, queued


class Scene:
    """A judge with a tablet and two sheets, and a chief judge."""

    def __init__(self) -> None:
        self.judge = make_judge(name="钱裁判")
        self.sheet = make_sheet(judge=self.judge)
        self.competition_id = self.judge.competition_id
        module, version = self.sheet.module, self.sheet.scheme_version
        entrant = make_entrant(event_id=module.event_id, draw_number=9)
        self.other = make_sheet(judge=self.judge, module=module, entrant=entrant, scheme_version=version)
        self.device = make_device(self.judge)
        self.chief = make_actor(Role.CHIEF_JUDGE, self.competition_id, name="周裁判长", subject_id=5)
        self.account = make_account(role=Role.CHIEF_JUDGE, competition_id=self.competition_id)

    def rows(self) -> list[dict[str, Any]]:
        first = save(self.sheet.id, {"A1": "18"})
        second = later(first, {"A2": "2"})
        other = save(self.other.id, {"A1": "7.5"}, notes={"A1": "起弧处有气孔"})
        return [first, other, second]

    def take(self, rows: list[Any], **over: Any) -> Taken:
        vouches = over.pop("vouches", False)
        data = make_parcel(self.device, rows, **over)
        return take_over(TakeOver(self.competition_id, data, self.chief, vouches))

    def sync(self, rows: list[dict[str, Any]]) -> list[Any]:
        """The tablet has found the network and sends what it has, as it always does."""
        actor = Actor(SubjectKind.JUDGE, self.judge.id, "钱裁判", self.device.id, {}, self.competition_id)
        saves = [save for save in queued(rows) if isinstance(save, SaveMarks)]
        return sync_saves(SyncSaves(saves), actor)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def stored(sheet: ScoreSheet) -> list[dict[str, Any]]:
    db.session.rollback()
    query = select(SheetRevision.marks).where(SheetRevision.sheet_id == sheet.id).order_by(SheetRevision.number)
    return list(db.session.scalars(query))


def lines(action: str) -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


class TestTakingOver:
    """The use case."""

    def test_every_save_is_stored_in_order_as_the_judges_own(self, scene: Scene) -> None:
        taken = scene.take(scene.rows())

        assert (taken.stored, taken.known, taken.refused) == (3, 0, 0)
        assert stored(scene.sheet) == [{"A1": "18"}, {"A1": "18", "A2": "2"}]
        assert stored(scene.other) == [{"A1": "7.5"}]
        row = db.session.scalars(select(SheetRevision)).first()
        assert row is not None
        assert (row.saved_by, row.sign_in_id) == (f"judge:{scene.judge.id}", scene.device.id)
        assert [sheet.number for sheet in taken.sheets] == [scene.sheet.entrant.draw_number, 9]

    def test_the_record_says_who_handed_over_and_for_whom(self, scene: Scene) -> None:
        taken = scene.take(scene.rows())

        saved = lines("sheet.saved")
        assert {(line.actor, line.actor_name, line.detail["for"]) for line in saved} == {
            ("account:5", "周裁判长", f"judge:{scene.judge.id}")
        }
        (line,) = lines("hand_over.taken")
        assert line.detail == {
            "stored": 3,
            "known": 0,
            "refused": 0,
            "judge": f"judge:{scene.judge.id}",
            "sign_in": scene.device.id,
            "digest": taken.digest,
            "vouched": False,
        }
        assert verify() == []

    def test_the_same_parcel_twice_stores_once(self, scene: Scene) -> None:
        rows = scene.rows()
        scene.take(rows)
        again = scene.take(rows)

        assert (again.stored, again.known, again.refused) == (0, 3, 0)
        assert len(stored(scene.sheet)) == 2

    def test_the_network_afterwards_adds_nothing(self, scene: Scene) -> None:
        first = save(scene.sheet.id, {"A1": "18"})
        scene.take([first])

        (outcome,) = scene.sync([first])
        assert outcome.revision == 1
        assert len(stored(scene.sheet)) == 1

    def test_what_the_network_brought_before_is_known(self, scene: Scene) -> None:
        first = save(scene.sheet.id, {"A1": "18"})
        scene.sync([first])
        taken = scene.take([first, later(first, {"A2": "2"})])

        assert (taken.stored, taken.known) == (1, 1)
        assert stored(scene.sheet)[-1] == {"A1": "18", "A2": "2"}

    def test_more_saves_than_one_sync_takes_and_a_submission_between_them(self, scene: Scene) -> None:
        rows = [save(scene.sheet.id, WELDING_MARKS)]
        submission = {"kind": "submit", "key": str(uuid4()), "sheet_id": scene.sheet.id, "signature": "M1 1 L2 2"}
        rows.append(submission)
        other = save(scene.other.id, {"A1": "0"})
        rows.append(other)
        rows += [later(other, {"A1": str(n % 20)}) for n in range(1, 120)]
        taken = scene.take(rows)

        assert (taken.stored, taken.refused) == (121, 0)
        assert [sheet.submission for sheet in taken.sheets] == ["stored", ""]
        assert [sheet.submission for sheet in scene.take(rows).sheets] == ["known", ""]
        assert db.session.scalar(select(func.count(SheetSubmission.id))) == 1
        assert [marks["A1"] for marks in stored(scene.other)] == [str(n % 20) for n in range(120)]

    def test_two_people_who_read_the_same_parcel_at_once_store_it_once(self, app: Flask, scene: Scene) -> None:
        data = make_parcel(scene.device, scene.rows())
        competition_id, chief = scene.competition_id, scene.chief
        db.session.remove()

        def read(_: int) -> int:
            return take_over(TakeOver(competition_id, data, chief)).refused

        assert at_once(app, read, range(4)) == [0, 0, 0, 0]
        assert db.session.scalar(select(func.count(SheetRevision.id))) == 3

    def test_a_conflict_is_kept_aside_as_by_the_network(self, scene: Scene) -> None:
        scene.sync([save(scene.sheet.id, {"A1": "12"})])
        taken = scene.take([save(scene.sheet.id, {"A1": "18"}), save(scene.other.id, {"A1": "7"})])

        assert (taken.stored, taken.refused) == (1, 1)
        assert stored(scene.sheet) == [{"A1": "12"}]
        kept = db.session.scalars(select(RefusedSave)).one()
        assert (kept.code, kept.marks) == ("stale_revision", {"A1": "18"})

    def test_bounds_and_scheme_are_held_and_the_other_sheets_are_stored(self, scene: Scene) -> None:
        rows = [
            save(scene.sheet.id, {"A1": "99"}),
            save(scene.other.id, {"A1": "7"}, scheme_version_id=scene.other.scheme_version_id + 1),
            save(scene.other.id, {"A1": "7"}),
        ]
        taken = scene.take(rows)

        codes = [[error.code for error in sheet.refused] for sheet in taken.sheets]
        assert codes == [["bad_marks"], ["scheme_changed"]]
        assert (stored(scene.sheet), stored(scene.other)) == ([], [{"A1": "7"}])

    def test_another_judges_sheet_is_not_marked_by_this_parcel(self, scene: Scene) -> None:
        foreign = make_sheet(judge=make_judge(competition_id=scene.competition_id, name="李外人"))
        taken = scene.take([save(foreign.id, {"A1": "0"}), save(2**30, {"A1": "0"})])

        assert [[error.code for error in sheet.refused] for sheet in taken.sheets] == [["foreign_sheet"], ["not_found"]]
        assert stored(foreign) == []

    def test_a_parcel_of_another_competition_is_refused(self, scene: Scene) -> None:
        elsewhere = make_competition().id
        with pytest.raises(ForeignParcelError):
            scene.take(scene.rows(), competition=elsewhere)
        data = make_parcel(scene.device, scene.rows())
        with pytest.raises(ForeignParcelError):
            take_over(TakeOver(elsewhere, data, scene.chief))
        stranger = make_device(make_judge(competition_id=elsewhere))
        with pytest.raises(ForeignParcelError):
            scene.take(scene.rows(), device=stranger.id)
        with pytest.raises(ForeignParcelError):
            scene.take(scene.rows(), judge=scene.judge.id + 1)
        assert stored(scene.sheet) == []
        assert len(lines("hand_over.refused")) == 4

    def test_a_row_that_no_tablet_makes_stops_the_whole_parcel(self, scene: Scene) -> None:
        with pytest.raises(MalformedError):
            scene.take([*scene.rows(), save(scene.sheet.id, {"A1": "1"}, hidden="x")])
        assert stored(scene.sheet) == []

    def test_a_revoked_tablet_needs_somebody_who_vouches(self, scene: Scene) -> None:
        revoke(scene.device.id, scene.competition_id, make_actor(Role.ORGANISER, scene.competition_id))
        with pytest.raises(RevokedDeviceError):
            scene.take(scene.rows())
        assert stored(scene.sheet) == []

        assert scene.take(scene.rows(), vouches=True).stored == 3
        assert lines("hand_over.taken")[0].detail["vouched"] is True

    def test_a_tablet_whose_week_is_over_still_hands_over(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        import core.clock

        then = core.clock.now() + timedelta(days=30)
        monkeypatch.setattr(core.clock, "_now", lambda: then)
        assert scene.take(scene.rows()).stored == 3


class TestPage:
    """The chief judge's page."""

    @pytest.fixture
    def post(self, scene: Scene, app: Flask) -> Any:
        client = sign_in_account(app.test_client(), scene.account)
        path = f"/scoring/competitions/{scene.competition_id}/hand-over"

        def send(*files: tuple[bytes, str], **form: str) -> tuple[int, str]:
            data = {"files": [(BytesIO(content), name) for content, name in files]} | form
            answer = client.post(path, data=data, content_type="multipart/form-data")
            return answer.status_code, answer.get_data(as_text=True)

        send.client, send.path = client, path  # type: ignore[attr-defined]
        return send

    def test_a_file_that_is_none_is_called_by_its_name_and_what_is_not_handed_in_is_said(
        self, scene: Scene, post: Any
    ) -> None:
        good = make_parcel(scene.device, scene.rows())
        status, page = post((b"{}", "别的.json"), (good, "交接.json"))
        assert status == 422
        assert "“别的.json”：这不是完整的交接文件" in page
        assert "“交接.json”" not in page
        assert page.count("这份交接里没有提交") == 2

    def test_a_file_is_read_and_tallied(self, scene: Scene, post: Any) -> None:
        assert post.client.get(post.path).status_code == 200
        status, page = post((make_parcel(scene.device, scene.rows()), "交接.json"))

        assert status == 200
        assert 'data-stored="3" data-known="0" data-refused="0"' in page
        assert "Android 9 · Chrome 90" in page
        assert len(stored(scene.sheet)) == 2

    def test_files_of_several_tablets_and_one_forged_among_them(self, scene: Scene, post: Any) -> None:
        second = make_device(scene.judge)
        good = make_parcel(scene.device, [save(scene.sheet.id, {"A1": "18"})])
        also = make_parcel(second, [save(scene.other.id, {"A1": "7"})])
        forged = make_parcel(scene.device, [save(scene.sheet.id, {"A1": "0"})], key="ab" * 32)
        status, page = post((good, "a.json"), (forged, "b.json"), (also, "c.json"))

        assert status == 422
        assert "交接文件的校验不符" in page
        assert page.count('data-stored="1"') == 2
        assert stored(scene.sheet) == [{"A1": "18"}]
        (line,) = lines("hand_over.refused")
        assert (line.detail["code"], line.actor) == ("parcel_forged", f"account:{scene.account.id}")

    def test_a_file_that_was_cut_off_is_refused_with_a_sentence(self, scene: Scene, post: Any) -> None:
        data = make_parcel(scene.device, scene.rows())
        status, page = post((data[: len(data) // 2], "a.json"))

        assert status == 422
        assert "不是完整的交接文件" in page
        assert stored(scene.sheet) == []
        assert lines("hand_over.refused")[0].detail["code"] == "parcel_damaged"

    @pytest.mark.parametrize(
        ("size", "status", "said"), [(MOST_FILE_BYTES, 422, "超过 24 MB"), (UPLOAD_LIMIT, 413, "文件太大")]
    )
    def test_a_file_too_large_for_any_tablet_is_refused(self, post: Any, size: int, status: int, said: str) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.json"\r\n\r\n{'
        body = head + b" " * size + b"\r\n--x--\r\n"
        answer = post.client.post(post.path, data=body, content_type="multipart/form-data; boundary=x")

        assert (answer.status_code, said in answer.get_data(as_text=True)) == (status, True)

    def test_nothing_chosen_and_no_picture_are_said(self, scene: Scene, post: Any) -> None:
        assert "请选择交接文件" in post()[1]
        assert "不是能读的照片" in post((b"GIF89a broken", "a.gif"))[1]
        blank = BytesIO()
        Image.new("L", (400, 300), 255).save(blank, "JPEG")
        assert "没有找到二维码" in post((blank.getvalue(), "a.jpg"))[1]
        other = segno.make("https://example.org")
        assert "不是评分页面的交接码" in post((_photo([other]), "a.jpg"))[1]

    def test_codes_on_photographs_may_come_one_after_the_other(self, scene: Scene, post: Any) -> None:
        codes = make_codes(make_parcel(scene.device, scene.rows()), 190)
        assert len(codes) > 3
        drawn = [segno.make(code, error="m", mode="alphanumeric") for code in codes]
        status, page = post((_photo(drawn[:2]), "1.jpg"))
        assert status == 200
        assert f"读到 2 张，共 {len(codes)} 张" in page
        assert stored(scene.sheet) == []

        kept = page.split('name="codes" value="')[1].split('"')[0]
        status, page = post((_photo(drawn[2:]), "2.jpg"), codes=kept.replace("&#43;", "+").replace("&amp;", "&"))
        assert 'data-stored="3"' in page
        assert len(stored(scene.sheet)) == 2
        assert 'name="codes" value=""' in page

    def test_file_and_codes_of_one_parcel_together_store_once(self, scene: Scene, post: Any) -> None:
        data = make_parcel(scene.device, scene.rows())
        _, page = post((data, "a.json"), codes="\n".join(make_codes(data)))

        assert 'data-stored="3" data-known="0"' in page
        assert 'data-stored="0" data-known="3"' in page
        assert len(stored(scene.sheet)) == 2

    def test_a_revoked_tablet_is_read_after_the_box_is_ticked(self, scene: Scene, post: Any) -> None:
        revoke(scene.device.id, scene.competition_id, make_actor(Role.ORGANISER, scene.competition_id))
        data = make_parcel(scene.device, scene.rows())
        assert 'name="vouches"' in post((data, "a.json"))[1]
        assert 'data-stored="3"' in post((data, "a.json"), vouches="yes")[1]

    def test_only_the_chief_judge_of_this_competition_may(self, scene: Scene, app: Flask) -> None:
        path = f"/scoring/competitions/{scene.competition_id}/hand-over"
        elsewhere = make_account(role=Role.CHIEF_JUDGE, competition=make_competition())
        for account in (make_account(role=Role.ORGANISER, competition_id=scene.competition_id), elsewhere):
            client = sign_in_account(app.test_client(), account)
            assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)

    def test_the_board_leads_here(self, scene: Scene, post: Any) -> None:
        board = post.client.get(f"/scoring/competitions/{scene.competition_id}/board").get_data(as_text=True)
        assert post.path in board

    def test_the_key_of_a_device_is_on_its_own_page_alone(self, scene: Scene, app: Flask) -> None:
        from scoring.handing_over.keys import device_key

        second = make_device(scene.judge)
        keys = {device_key(db.session.get_one(SignIn, device.id)) for device in (scene.device, second)}
        assert len(keys) == 2


def _photo(codes: list[Any]) -> bytes:
    """Codes side by side on one photograph."""
    pictures = []
    for code in codes:
        drawn = BytesIO()
        code.save(drawn, kind="png", scale=5, border=4)
        pictures.append(Image.open(drawn).convert("L"))
    sheet = Image.new("L", (sum(p.width for p in pictures) + 40, max(p.height for p in pictures) + 40), 255)
    left = 20
    for picture in pictures:
        sheet.paste(picture, (left, 20))
        left += picture.width
    photo = BytesIO()
    sheet.rotate(4, expand=True, fillcolor=255).save(photo, "JPEG", quality=80)
    return photo.getvalue()
