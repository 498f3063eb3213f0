"""The worked examples beside the packs: each is taken from a quoted text and must come out as it says."""

import pytest

from certificates.eligibility.examples import read_examples, run_example
from competitions.standards import load_packs
from competitions.standards.loader import EXAMPLES_SUFFIX, PACKS

FILES = sorted(PACKS.glob(f"*{EXAMPLES_SUFFIX}"))
BY_ID = {pack.id: pack for pack in load_packs()}
EXAMPLES = [
    pytest.param(BY_ID[path.name.removesuffix(EXAMPLES_SUFFIX)], example, id=f"{path.name}: {example.name}")
    for path in FILES
    for example in read_examples(path.read_text(encoding="utf-8"), path.name)
]


@pytest.mark.parametrize(("pack", "example"), EXAMPLES)
def test_the_worked_example_comes_out_as_its_text_says(pack, example):
    assert run_example(example, pack) == []
