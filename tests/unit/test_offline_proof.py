"""A proof says what stands on the paper, and nobody but the issuer can write one."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from certificates.layouts.loading import load_layout
from certificates.pdf.rendering import check
from certificates.verification.offline_proof import Claim, OfflineProofError, read_proof, write_proof

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CLAIM = Claim("YLZG-2026-0018-000123", "欧阳𬱖", "一等奖", "云岭省第十八届职工职业技能大赛·焊工", "2026-11-21")
words = st.text(st.characters(exclude_characters="\x1f", exclude_categories=("Cs",)), max_size=40)


@given(st.builds(Claim, words, words, words, words, words))
def test_what_was_signed_is_read_back(claim: Claim) -> None:
    assert read_proof(KEY.public_key(), write_proof(KEY, claim)) == claim


def test_a_proof_repeats_and_fits_into_an_address() -> None:
    proof = write_proof(KEY, CLAIM)
    assert proof == write_proof(KEY, CLAIM)
    assert proof.isascii()
    assert set(proof) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(proof) < 300


@given(st.integers(0, 400), st.sampled_from("ABCDabcd0189-_"))
def test_any_changed_character_is_found(place: int, character: str) -> None:
    proof = write_proof(KEY, CLAIM)
    place %= len(proof) - 1
    changed = proof[:place] + character + proof[place + 1 :]
    if changed == proof:
        return
    with pytest.raises(OfflineProofError):
        read_proof(KEY.public_key(), changed)


@pytest.mark.parametrize("junk", ["", "A", "王", "====", "A" * 86, "Zm9v" * 40, "not base64!"])
def test_what_is_no_proof_is_refused(junk: str) -> None:
    with pytest.raises(OfflineProofError):
        read_proof(KEY.public_key(), junk)


def test_another_issuers_proof_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    with pytest.raises(OfflineProofError):
        read_proof(other.public_key(), write_proof(KEY, CLAIM))


def test_a_signature_made_for_something_else_is_no_proof() -> None:
    import base64

    message = "\x1f".join(("1", "2", "3", "4", "5")).encode()
    forged = base64.urlsafe_b64encode(message + KEY.sign(message)).rstrip(b"=").decode()
    with pytest.raises(OfflineProofError):
        read_proof(KEY.public_key(), forged)


def test_a_value_that_would_shift_the_others_is_refused() -> None:
    with pytest.raises(OfflineProofError):
        write_proof(KEY, Claim("1", "甲\x1f乙", "3", "4", "5"))


def test_a_code_with_a_proof_can_stand_on_a_certificate_and_is_told_when_too_fine() -> None:
    def layout(side: int) -> object:
        item = {
            "id": "qr",
            "type": "qr",
            "box": [10, 10, side, side],
            "level": "L",
            "content": "{cert.url}#{cert.proof}",
        }
        return {
            "schema": "cert-layout/1",
            "name": "离线",
            "page": {"width": 210, "height": 148},
            "fonts": {"body": "kai"},
            "document": {"title": "证书", "author": "颁发者", "subject": "证书"},
            "items": [item],
        }

    values = {"cert.url": "https://zs.example.cn/v/7QK4M2XZ9TRAA", "cert.proof": write_proof(KEY, CLAIM)}
    assert check(load_layout(layout(28)), values) == []  # type: ignore[arg-type]
    assert [p.kind for p in check(load_layout(layout(16)), values)] == ["fine_qr"]  # type: ignore[arg-type]
