"""A restoring that is killed leaves an installation without a database or a whole one, and the next says what to do."""

import hashlib
import signal
import subprocess
import sys

import backups
import pytest
from awarded import make_published
from backups import backed_up, elsewhere, environment, left_in, run
from installation import ROOT, make_app, make_settings
from sqlalchemy import select

from certificates.attachments import storing
from core.audit import AuditEntry, verify
from core.backup import interrupted
from core.db import db
from core.migrations import current

made, new, opened_new = backups.made, backups.new, backups.opened_new
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
CONTENT = b"%PDF handed in"


def killed(settings, path, step, number):
    command = [sys.executable, str(ROOT / "tests" / "dying_restore.py"), str(path), step, str(number)]
    done = subprocess.run(command, cwd=ROOT, env=environment(settings), capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def archive(app, made):
    """A backup of a published result and a handed-in file; and what the installation held."""
    name = storing.new_name()
    storing.keep(name, CONTENT)
    published = make_published()
    address = f"/results/{published.competition_id}/events/{published.event_id}"
    return backed_up(app, made), name, address


def is_whole(app, name, address):
    """Whether an installation is the one that was backed up: result, file, chains, form of the database."""
    with app.app_context():
        assert app.test_client().get(address).status_code == 200
        assert storing.read(name, hashlib.sha256(CONTENT).hexdigest()) == CONTENT
        assert verify() == []
        assert current()[0] == current()[1]
        told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.restored")).all()
        return len(told) == 1


ON_POSTGRES = {"marks": pytest.mark.postgres}
AGAIN, FINISHED, BROKEN_OFF = "已恢复", "已经全部就位", "请换一个空的数据库"
CASES = [
    ("sqlite", "os.mkdir", 2, AGAIN),  # the first folder inside the one that everything is extracted to
    ("sqlite", "os.rename", 1, AGAIN),  # before anything has its name
    ("sqlite", "os.rename", 2, AGAIN),  # files have theirs, the database has not
    ("sqlite", "shutil.rmtree", 1, FINISHED),  # all is done but to take away what is of no use any more
    pytest.param("postgres", "os.rename", 1, AGAIN, **ON_POSTGRES),
    pytest.param("postgres", "core.backup.chains.verify", 1, BROKEN_OFF, **ON_POSTGRES),  # loaded, not yet recomputed
    pytest.param("postgres", "shutil.rmtree", 1, FINISHED, **ON_POSTGRES),
]


@pytest.mark.parametrize(("database_url", "step", "number", "said"), CASES, indirect=["database_url"])
def test_killed_on_its_way_it_is_the_old_or_the_new_and_the_next_says_so(archive, new, opened_new, step, number, said):
    path, name, address = archive
    killed(new, path, step, number)
    tables, names = left_in(new)

    code, complained = elsewhere(new, "restore", path)

    if said == BROKEN_OFF:
        assert (code, said in complained) == (1, True), complained
        assert left_in(new) == (tables, names - {interrupted.LOCK})
        return
    assert (code, said in complained) == ((0, False) if said == AGAIN else (1, True)), complained
    assert not (new.instance / ".restore").exists()
    assert is_whole(opened_new(), name, address)


def test_a_key_that_was_set_aside_is_put_back(tmp_path):
    settings = make_settings(tmp_path / "new")
    key, aside, folder = (settings.instance / name for name in ("data_key", "data_key.before-restore", ".restore"))
    folder.mkdir(parents=True)
    key.write_text("of the archive")
    aside.write_text("own")
    photos = settings.instance / "photos"
    photos.mkdir()
    moves = [(key, aside), (folder / "data_key", key), (folder / "photos", photos)]
    moves += [(folder / "tls", settings.instance / "tls")]
    (folder / "tls").mkdir()  # this one was still to be renamed
    interrupted.note(folder, "2026-10-18T00:00:00+00:00", moves)

    with make_app(settings).app_context():
        interrupted.clear_up(settings)

    assert key.read_text() == "own"
    assert {path.name for path in settings.instance.iterdir()} <= {"data_key", "secret_key"}


def test_a_backup_and_a_restoring_are_in_the_audit_record(app, archive, new, opened_new, made):
    path, _, _ = archive
    db.session.rollback()
    (line,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.made"))
    assert (line.chain, line.target, line.detail["keys"]) == (0, "backup:b.zip", False)
    assert run(app, "backup", made / "keys.zip", "--with-keys").exit_code == 0
    db.session.rollback()
    with_keys = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.target == "backup:keys.zip")).one()
    assert with_keys["keys"] is True
    made_at, chains = line.detail["made_at"], line.detail["chains"]
    db.session.remove()
    assert elsewhere(new, "restore", path)[0] == 0

    with opened_new().app_context():
        assert db.session.scalar(select(AuditEntry.id).where(AuditEntry.action == "backup.made")) is None
        (told,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.restored"))
        assert told.detail["made_at"] == made_at
        assert told.detail["chains"] == chains
        assert verify() == []


def test_a_backup_that_was_refused_is_no_act(app, archive):
    path, _, _ = archive
    assert run(app, "backup", path).exit_code == 1
    db.session.rollback()
    assert len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "backup.made")).all()) == 1
