"""The bytes of certificates stay what they are: files that were issued are made again and compared by digest.

If this test fails, certificates issued before can no longer be made again as they were. Do not just pin new digests:
keep the old way of writing for old certificates, or say in the release notes that their digests must be renewed.
"""

import hashlib

import pytest

from certificates.layouts.loading import builtin_layout, builtin_layouts
from certificates.pdf.rendering import render

PINNED: dict[str, str] = {
    "coach": "571715fbf5f8f9c34b37eb21cfa33c28dfea3817e3deacd9b9f0a53285d1ae6b",
    "huiwen-gold": "2361016ecde2208994d99c9b31e8820f2d0c9be1de9b747b715cc7d4b58e598e",
    "modern": "4e78e7e5f56797c9a8858cfca2f2858ede7366919933033691b67ec0e05825c7",
    "organiser": "4d088f95d12c89b8a937c3a89413a5ca376034799e3e3b23dc51d58bc6773e29",
    "plain-red": "6f634ec58010871ce2875a5947d8c5260771f408446eda6625ae0c9956ae72df",
    "team": "b67c14b668a0612b1d44fd0d21f8e381235829f4c3f14aeb0f41736bf13f1779",
}


def test_every_layout_of_the_product_is_pinned() -> None:
    assert PINNED.keys() == set(builtin_layouts())


@pytest.mark.parametrize("name", builtin_layouts())
def test_a_certificate_keeps_its_bytes(name: str) -> None:
    layout = builtin_layout(name)
    pdf = render(layout, layout.samples() | {"issue.day": "2026-11-21"})
    assert hashlib.sha256(pdf).hexdigest() == PINNED[name]
