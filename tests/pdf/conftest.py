"""Programs of the machine that judge PDFs, and a layout with its sample values."""

import os
import shutil

import pytest

from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout


def _need(program: str, package: str) -> None:
    if shutil.which(program):
        return
    reason = f"{program} is missing: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def poppler() -> None:
    _need("pdftotext", "poppler-utils")


@pytest.fixture
def qpdf() -> None:
    _need("qpdf", "qpdf")


@pytest.fixture
def gold() -> Layout:
    return builtin_layout("huiwen-gold")


@pytest.fixture
def values(gold: Layout) -> dict[str, str]:
    return gold.samples()
