"""An identity provider as a setting: off unless named, and refused where it is unsafe or not whole."""

import pytest

from core.config import SettingsError, read_settings

WHOLE = {"OIDC_ISSUER": "https://id.example.org/realm", "OIDC_CLIENT_ID": "us", "OIDC_CLIENT_SECRET": "s3cret"}


def read(tmp_path, **env):
    return read_settings({"INSTANCE": str(tmp_path)} | env).outside


def test_without_an_issuer_there_is_none(tmp_path):
    assert read(tmp_path) is None
    assert read(tmp_path, OIDC_ISSUER="", OIDC_NAME="") is None


def test_with_all_of_it_there_is_one(tmp_path):
    found = read(tmp_path, **WHOLE)

    assert (found.issuer, found.client_id, found.client_secret) == tuple(WHOLE.values())
    assert (found.name, found.english_name) == ("统一身份认证", "single sign-on")
    assert found.second_factor_in == frozenset()
    assert "s3cret" not in repr(found)


def test_it_is_called_as_the_house_calls_it(tmp_path):
    found = read(tmp_path, **WHOLE, OIDC_NAME="冀工认证", OIDC_NAME_EN="Hebei Union ID")

    assert (found.name, found.english_name) == ("冀工认证", "Hebei Union ID")


@pytest.mark.parametrize(
    ("over", "word"),
    [
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "http://id.example.org"}, "https://"),
        ({"OIDC_ISSUER": "https://"}, "https://"),
        ({"OIDC_ISSUER": "id.example.org"}, "https://"),
        ({"OIDC_ISSUER": "https://id.example.org/?a=b"}, "https://"),
        ({"OIDC_ISSUER": "https://id.example.org/#a"}, "https://"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_CLIENT_SECRET"),
        ({"OIDC_CLIENT_SECRET_FILE": "/dev/null"}, "只设一个"),
        ({"OIDC_SECOND_FACTOR": "trust"}, "amr:mfa"),
        ({"OIDC_SECOND_FACTOR": ""}, "amr:mfa"),
        ({"OIDC_SECOND_FACTOR": "amr:"}, "amr:mfa"),
    ],
    ids=str,
)
def test_what_is_unsafe_or_not_whole_refuses_to_start_and_says_what_to_set(tmp_path, over, word):
    with pytest.raises(SettingsError, match=word):
        read(tmp_path, **(WHOLE | over))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_on_this_machine_it_may_do_without_tls(tmp_path, host):
    assert read(tmp_path, **(WHOLE | {"OIDC_ISSUER": f"http://{host}:9000"}))


@pytest.mark.parametrize(("mode", "fits"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_the_secret_comes_from_a_file_that_nobody_else_reads(tmp_path, mode, fits):
    path = tmp_path / "oidc_secret"
    path.write_text("s3cret\n", encoding="utf-8")
    path.chmod(mode)
    env = WHOLE | {"OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": str(path)}
    if fits:
        assert read(tmp_path, **env).client_secret == "s3cret"
    else:
        with pytest.raises(SettingsError, match="chmod 600"):
            read(tmp_path, **env)


@pytest.mark.parametrize(("content", "word"), [(None, "读不出来"), (b"\xff\xfe", "读不出来"), (b"\n", "是空的")])
def test_a_file_without_a_secret_refuses_to_start(tmp_path, content, word):
    path = tmp_path / "oidc_secret"
    if content is not None:
        path.write_bytes(content)
        path.chmod(0o600)
    with pytest.raises(SettingsError, match=word):
        read(tmp_path, **(WHOLE | {"OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": str(path)}))


def test_whom_to_trust_with_the_second_factor_is_said_by_value(tmp_path):
    assert read(tmp_path, **WHOLE, OIDC_SECOND_FACTOR="ask").second_factor_in == frozenset()
    found = read(tmp_path, **WHOLE, OIDC_SECOND_FACTOR="amr:mfa acr:urn:gold")
    assert found.second_factor_in == {"amr:mfa", "acr:urn:gold"}
