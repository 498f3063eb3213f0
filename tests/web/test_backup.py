"""A backup of an installation that runs, and a new installation made from it; on both kinds of database."""

import hashlib
import json
import os
import re
import signal
import sys
import threading
import zipfile
from uuid import uuid4

import backups
import pytest
from archives import PASSPHRASE, another_server, finished, taken_in, written
from awarded import Row, make_published
from backups import backed_up, elsewhere, ended, left_in, run, start
from factories import make_account, make_entrant
from installation import make_app, make_settings
from juries import Jury
from scans import jpeg
from sqlalchemy import func, select, text

from certificates.attachments import storing
from certificates.issue import kept_files
from core import migrations
from core.audit import verify
from core.backup.interrupted import alone
from core.backup.manifest import from_json, to_json
from core.db import db
from scoring.models import ScoreSheet, SheetRevision
from scoring.photos.adding import AddPhoto, add_photo, photo_data
from scoring.sheets.saving import SaveMarks, save_marks

made, new, opened_new = backups.made, backups.new, backups.opened_new
NOTHING = (0, set())


def rewritten(path, change):
    """The archive with another manifest."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    record = json.loads(content["manifest.json"])
    change(record)
    content["manifest.json"] = json.dumps(record).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def lasting(page):
    """A page without its form's token, which differs each time."""
    return re.sub(r'value="[\w.-]{60,}"', "", page.get_data(as_text=True))


def test_a_new_installation_shows_the_same_results_photos_and_files(app, made, new, opened_new):
    published = make_published([Row("1", "孙选手甲"), Row("2", "孙选手乙")])
    address = f"/results/{published.competition_id}/events/{published.event_id}"
    page = app.test_client().get(address)
    assert page.status_code == 200
    jury, folder = Jury(), app.config["SETTINGS"].instance / "photos"
    sheet_id = jury.sheet(1).id
    add_photo(AddPhoto(sheet_id, uuid4(), jpeg()), jury.device_of(1), folder)
    picture = photo_data(jury.competition_id, sheet_id, 1, folder)
    name = storing.new_name()
    storing.keep(name, b"%PDF handed in")
    issued = kept_files.keep(b"%PDF issued elsewhere").stem

    code, said, complained = ended(start(app.config["SETTINGS"], "backup", made))
    assert code == 0, complained
    (path,) = made.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert str(path) in said
    assert "data_key" in said
    code, said, complained = ended(start(new, "backup-verify", path))
    assert (code, "备份完好" in said) == (0, True), complained
    assert left_in(new) == NOTHING
    code, _, complained = ended(start(new, "restore", path))
    assert code == 0, complained

    other = opened_new()
    with other.app_context():
        assert lasting(other.test_client().get(address)) == lasting(page)
        assert photo_data(jury.competition_id, sheet_id, 1, new.instance / "photos") == picture
        assert storing.read(name, hashlib.sha256(b"%PDF handed in").hexdigest()) == b"%PDF handed in"
        assert kept_files.kept(issued) == b"%PDF issued elsewhere"
        assert verify() == []
    assert not (new.instance / ".restore").exists()
    assert elsewhere(new, "restore", path)[0] == 1


def test_a_competition_from_another_server_is_restored_with_all_that_is_kept_of_it(
    app, made, new, opened_new, tmp_path, sqlite_template
):
    with another_server(tmp_path / "city", sqlite_template) as city, city.app_context():
        jury = finished(prepare=lambda jury: with_photo(jury, city))
        written(jury.competition_id, tmp_path / "city.zip", PASSPHRASE)
    make_entrant()  # so that ids differ
    here = taken_in(tmp_path / "city.zip", PASSPHRASE).competition_id
    written(here, tmp_path / "before.zip", PASSPHRASE)
    path = backed_up(app, made)

    code, complained = elsewhere(new, "restore", path)
    assert code == 0, complained
    with opened_new().app_context():
        assert verify() == []
        written(here, tmp_path / "after.zip", PASSPHRASE)

    before, after = everything(tmp_path / "before.zip"), everything(tmp_path / "after.zip")
    assert {name.split("/")[0] for name in before} >= {"earlier", "photos", "personal.sealed", "audit", "tables"}
    told = [json.loads(one.pop("manifest.json")) | {"made_at": ""} for one in (before, after)]
    assert told[0] == told[1]
    assert before == after
    with zipfile.ZipFile(tmp_path / "city.zip") as city:
        assert after["earlier/1/chain.jsonl"] == city.read("audit/chain.jsonl")


def with_photo(jury, app):
    picture = AddPhoto(jury.sheet(1).id, uuid4(), jpeg())
    add_photo(picture, jury.device_of(1), app.config["SETTINGS"].instance / "photos")


def everything(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_save_acknowledged_before_the_start_is_in_it_while_more_come(app, made, new, opened_new):
    jury = Jury(contestants=2)
    seats = [(jury.sheet(seat).id, jury.device_of(seat)) for seat in (1, 2, 3)]
    acknowledged, is_over, first = [], threading.Event(), threading.Barrier(len(seats) + 1)

    def judge(sheet_id, device):
        number = 0
        with app.app_context():
            while not is_over.is_set():
                number = save_marks(SaveMarks(sheet_id, uuid4(), {"J1": str(number % 4)}, number), device)
                acknowledged.append((sheet_id, number))
                if number == 3:
                    first.wait(60)

    judges = [threading.Thread(target=judge, args=seat) for seat in seats]
    for thread in judges:
        thread.start()
    first.wait(60)
    before = list(acknowledged)
    result = ended(start(app.config["SETTINGS"], "backup", made / "b.zip"))
    is_over.set()
    for thread in judges:
        thread.join(60)
    assert result[0] == 0, result
    assert len(before) >= 9
    assert len(acknowledged) > len(before)

    assert elsewhere(new, "restore", made / "b.zip")[0] == 0
    other = opened_new()
    with other.app_context():
        pairs = select(SheetRevision.sheet_id, SheetRevision.number)
        rows = {tuple(row) for row in db.session.execute(pairs)}
        assert set(before) <= rows <= set(acknowledged)
        newest = select(SheetRevision.sheet_id, func.max(SheetRevision.number)).group_by(SheetRevision.sheet_id)
        sheets = select(ScoreSheet.id, ScoreSheet.revision).where(ScoreSheet.revision > 0)
        assert ends(newest) == ends(sheets)
        assert verify() == []


def ends(query):
    return dict(db.session.execute(query).all())


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL and no FIFO")
def test_a_backup_killed_half_way_leaves_no_archive_and_the_next_one_is_whole(app, made):
    folder = app.config["SETTINGS"].instance / "photos" / "ab"
    folder.mkdir(parents=True)
    pipe = folder / f"{'ab' * 32}.jpg"
    os.mkfifo(pipe)
    process = start(app.config["SETTINGS"], "backup", made / "b.zip")
    with pipe.open("wb", buffering=0) as held:  # opens when the backup, with the database behind it, reads the picture
        held.write(b"half of it")
        process.send_signal(signal.SIGKILL)
        assert ended(process)[0] == -signal.SIGKILL
    assert [path.name for path in made.iterdir() if not path.name.startswith(".")] == []
    pipe.unlink()
    assert run(app, "backup-verify", backed_up(app, made)).exit_code == 0


def test_programs_are_told_of_a_backup_in_json(app, made):
    make_account()
    done = run(app, "backup", made, "--json")
    told = json.loads(done.stdout)
    (path,) = made.iterdir()
    assert told["path"] == str(path)
    assert (told["has_keys"], told["chains"]["0"]["length"]) == (False, 1)
    checked = json.loads(run(app, "backup-verify", path, "--json").stdout)
    assert checked == {name: value for name, value in told.items() if name != "path"}
    path.write_bytes(path.read_bytes()[:-9])
    refused = run(app, "backup-verify", path, "--json")
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_nothing_is_overwritten_by_a_backup(app, made):
    path = backed_up(app, made)
    before = path.read_bytes()
    again = run(app, "backup", path)
    assert (again.exit_code, "不覆盖" in again.stderr) == (1, True)
    assert path.read_bytes() == before
    nowhere = run(app, "backup", made / "no" / "b.zip")
    assert (nowhere.exit_code, "请先建立" in nowhere.stderr) == (1, True)


def test_an_installation_without_tables_has_nothing_to_back_up(new, made):
    code, complained = elsewhere(new, "backup", made)
    assert (code, "没有可以备份" in complained) == (1, True)
    assert list(made.iterdir()) == []


def test_an_installation_that_is_not_empty_is_left_as_it_is(app, made, new):
    path = backed_up(app, made)
    refused = run(app, "restore", path)
    assert (refused.exit_code, "空的实例" in refused.stderr) == (1, True)
    (new.instance / "photos" / "ab").mkdir(parents=True)
    code, complained = elsewhere(new, "restore", path)
    assert (code, "photos" in complained) == (1, True), complained
    assert left_in(new) == (0, {"photos"})


def test_two_restores_at_once_are_refused(app, made, new):
    path = backed_up(app, made)
    with alone(new):
        code, complained = elsewhere(new, "restore", path)
    assert (code, "另一次恢复" in complained) == (1, True), complained
    assert left_in(new) == NOTHING


WRONG = {
    "更新的程序": lambda record: record.update(migration="9999"),
    "路径": lambda record: record["files"].append(["../data_key", 1, "a" * 64]),
    "清单": lambda record: record["files"][0].__setitem__(2, "a" * 64),
    "审计链末尾": lambda record: record["chains"].update({"0": [7, "a" * 64]}),
    "磁盘空间": lambda record: record["files"][0].__setitem__(1, 1 << 60),
}


@pytest.mark.parametrize("word", WRONG)
def test_an_archive_that_is_not_what_it_says_restores_nothing(app, made, new, word):
    make_account()
    path = rewritten(backed_up(app, made), WRONG[word])
    code, complained = elsewhere(new, "restore", path)
    assert (code, word in complained) == (1, True), complained
    assert left_in(new) == NOTHING


def test_a_broken_chain_is_found_and_nothing_is_left(app, made, new):
    make_account()
    drop = "DROP TRIGGER audit_entry_no_update"
    if not new.is_sqlite:
        drop = "DROP TRIGGER audit_entry_append_only ON audit_entry"
    with db.engine.connect().execution_options(is_write=True) as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE audit_entry SET actor_name = '别人' WHERE number = 1"))
        connection.commit()
    storing.keep(storing.new_name(), b"%PDF handed in")
    path = backed_up(app, made)
    code, complained = elsewhere(new, "restore", path)
    assert (code, "审计链 0 第 1 条" in complained) == (1, True), complained
    assert left_in(new) == NOTHING


def test_an_older_form_of_the_database_is_brought_to_the_newest(app, made, new, opened_new):
    make_account(username="older")
    db.session.remove()
    migrations.downgrade("0011")
    path = backed_up(app, made)
    assert run(app, "backup-verify", path).exit_code == 0
    code, complained = elsewhere(new, "restore", path)
    assert code == 0, complained
    with opened_new().app_context():
        at, newest = migrations.current()
        assert at == newest
        assert db.session.scalar(text("SELECT username FROM account")) == "older"


def test_without_its_key_an_archive_is_restored_only_by_who_says_that_it_is_lost(app, made, new, tmp_path):
    path = backed_up(app, made)
    place = make_settings(tmp_path / "new", new.database_url, DATA_KEY="e" * 40)
    code, complained = elsewhere(place, "restore", path)
    assert (code, "--lost-data-key" in complained) == (1, True)
    assert left_in(new) == NOTHING
    assert elsewhere(place, "restore", path, "--lost-data-key")[0] == 0


def test_the_key_goes_along_only_when_asked_for_and_then_opens_the_copy(app, made, new, tmp_path):
    with zipfile.ZipFile(backed_up(app, made)) as archive:
        assert not {"data_key", "demo.json"} & set(archive.namelist())
    (app.config["SETTINGS"].instance / "tls").mkdir()
    (app.config["SETTINGS"].instance / "tls" / "ca.key").write_text("key of the hall")
    done = run(app, "backup", made / "keys.zip", "--with-keys")
    assert "谁拿到这个文件" in done.stdout
    wrong = make_settings(tmp_path / "new", new.database_url, DATA_KEY="e" * 40)
    code, complained = elsewhere(wrong, "restore", made / "keys.zip")
    assert (code, "环境变量 DATA_KEY" in complained) == (1, True)

    kept = new.instance / "data_key"
    new.instance.mkdir(exist_ok=True)
    kept.write_text("f" * 40)  # as an installation makes one on first use
    place = make_settings(tmp_path / "new", new.database_url, DATA_KEY="f" * 40)
    code, complained = elsewhere(place, "restore", made / "keys.zip")
    assert code == 0, complained
    assert kept.read_text() == "d" * 40
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (new.instance / "data_key.before-restore").read_text() == "f" * 40
    assert (new.instance / "tls" / "ca.key").read_text() == "key of the hall"


def test_what_is_not_known_in_the_folder_is_named(app, made):
    (app.config["SETTINGS"].instance / "notes.txt").write_text("mine")
    assert "notes.txt" in run(app, "backup", made / "b.zip").stderr


def test_the_manifest_names_the_ends_of_the_chains(app, made):
    make_account()
    told = json.loads(run(app, "audit-verify", "--json").stdout)["chains"]
    with zipfile.ZipFile(backed_up(app, made)) as archive:
        manifest = from_json(archive.read("manifest.json"))
        assert archive.read("manifest.json") == to_json(manifest)
    assert manifest.state.chains == {int(c): (end["length"], end["last_hash"]) for c, end in told.items()}


@pytest.mark.postgres
def test_without_the_programs_of_postgresql_that_is_said(postgres_url, tmp_path, monkeypatch):
    app = make_app(make_settings(tmp_path, postgres_url))
    monkeypatch.setenv("PATH", str(tmp_path))
    refused = run(app, "backup", tmp_path / "b.zip")
    assert (refused.exit_code, "pg_dump" in refused.stderr) == (1, True)
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.postgres
def test_an_archive_of_the_other_kind_of_database_is_refused(sqlite_app, postgres_url, tmp_path):
    assert run(sqlite_app, "backup", tmp_path / "b.zip").exit_code == 0
    code, complained = elsewhere(make_settings(tmp_path / "new", postgres_url), "restore", tmp_path / "b.zip")
    assert (code, "请按备份的种类设置 DATABASE_URL" in complained) == (1, True)
