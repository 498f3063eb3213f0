import stat

import pytest

from core.config import SettingsError, read_settings

LONG = "x" * 40


def env(tmp_path, **more):
    return {"INSTANCE": str(tmp_path)} | more


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path):
    first = read_settings(env(tmp_path))
    again = read_settings(env(tmp_path))

    assert first.secret_key == again.secret_key != first.data_key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data_key", "secret_key"]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DATA_KEY": "short"}, "DATA_KEY"),
        ({"HOST": "0.0.0.0"}, "TLS=1"),
        ({"HOST": "0.0.0.0", "TLS": "1", "FLASK_DEBUG": "1"}, "FLASK_DEBUG"),
        ({"PORT": "eighty"}, "PORT"),
        ({"PORT": "70000"}, "PORT"),
        ({"PROXIES": "many"}, "PROXIES"),
    ],
)
def test_what_is_unsafe_refuses_to_start_and_says_what_to_set(tmp_path, more, word):
    with pytest.raises(SettingsError, match=word):
        read_settings(env(tmp_path, **more))


def test_a_hall_without_https_has_to_say_so(tmp_path):
    settings = read_settings(env(tmp_path, HOST="192.168.1.5", PLAIN_HTTP="1"))

    assert settings.base_url == "http://192.168.1.5:8000"
    assert not settings.is_behind_tls


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgres_address_gets_the_driver_that_is_installed(tmp_path, scheme):
    settings = read_settings(env(tmp_path, DATABASE_URL=f"{scheme}://u@h/d"))

    assert settings.database_url == "postgresql+psycopg://u@h/d"
    assert not settings.is_sqlite
