"""Batches keep the order, refuse one by one, and are read lazily; threads do not disturb each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from certificates.issue.batch import file_name, make_certificates
from certificates.issue.recipients import Recipient
from certificates.layouts.layout import Layout
from certificates.layouts.loading import builtin_layout
from certificates.pdf.rendering import check, preview_png, render


@pytest.fixture(scope="module")
def layout() -> Layout:
    return builtin_layout("huiwen-gold")


def recipients(layout: Layout, *changes: dict[str, str]) -> list[Recipient]:
    base = layout.samples()
    return [Recipient(row, base | {"cert.number": f"N{row}"} | change) for row, change in enumerate(changes, start=2)]


def test_outcomes_come_in_the_order_of_the_list(layout: Layout) -> None:
    wanted = recipients(layout, {}, {"award.title": "二等奖"}, {"recipient.name": "\U0002ee00"}, {})
    outcomes = list(make_certificates(layout, wanted))
    assert [outcome.recipient.row for outcome in outcomes] == [2, 3, 4, 5]
    assert [outcome.pdf is None for outcome in outcomes] == [False, False, True, False]
    assert "U+2EE00" in (outcomes[2].refusal or "")
    assert [outcome.refusal for outcome in outcomes if outcome.pdf] == [None, None, None]


def test_the_list_is_read_as_certificates_are_taken(layout: Layout) -> None:
    read = []

    def endless() -> Iterator[Recipient]:
        row = 1
        while True:
            row += 1
            read.append(row)
            yield recipients(layout, {"cert.number": f"N{row}"})[0]

    outcomes = make_certificates(layout, endless())
    assert next(outcomes).pdf is not None
    assert next(outcomes).pdf is not None
    assert len(read) == 2


def test_a_number_that_stood_before_is_refused_whatever_its_case(layout: Layout) -> None:
    wanted = recipients(layout, {"cert.number": "Ab-1"}, {"cert.number": "aB-1"}, {"cert.number": "Ab-2"})
    assert [o.refusal for o in make_certificates(layout, wanted)] == [None, "证书编号与第 2 行相同", None]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("冀〔2026〕001号", "冀〔2026〕001号.pdf"),
        ("../../etc/passwd", "------etc-passwd.pdf"),
        ("a b:c*d", "a-b-c-d.pdf"),
        ("", "row-00007.pdf"),
    ],
)
def test_file_names_are_safe(number: str, name: str) -> None:
    assert file_name(Recipient(7, {"cert.number": number})) == name


def test_threads_make_what_one_alone_makes(layout: Layout) -> None:
    wanted = [r.values for r in recipients(layout, *({"award.title": f"{n}等奖"} for n in "一二三四五六七八"))]
    alone = [render(layout, values) for values in wanted]

    def work(values: dict[str, str]) -> tuple[bytes, int, bytes]:
        return render(layout, values), len(check(layout, values)), preview_png(layout, values, 30)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(work, wanted))  # type: ignore[arg-type]
    assert [pdf for pdf, _, _ in together] == alone
    assert {problems for _, problems, _ in together} == {0}
    assert all(png.startswith(b"\x89PNG") for _, _, png in together)
