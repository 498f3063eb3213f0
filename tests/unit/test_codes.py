import pytest

from competitions.draws.codes import (
    CODE_ALPHABET,
    CodeError,
    CodeLayer,
    DecodingNotAllowedError,
    decoded,
    encoded,
    read_work_code,
    require_separate,
    work_code_layer,
)

CONTESTANTS = [f"选手{n:02}" for n in range(1, 31)]
PRESENT = {"参赛号": "赵加密", "赛位号": "钱加密", "评审号": "孙加密"}


def make_layers(seed="2026", custodians=("赵加密", "钱加密", "孙加密")):
    first = work_code_layer("参赛号", custodians[0], CONTESTANTS, seed=seed)
    second = work_code_layer("赛位号", custodians[1], [code for _, code in first.pairs], seed=seed)
    third = work_code_layer("评审号", custodians[2], [code for _, code in second.pairs], seed=seed)
    return [first, second, third]


def test_every_work_code_leads_back_to_its_contestant_and_no_other():
    layers = make_layers()
    for contestant in CONTESTANTS:
        codes = encoded(layers, contestant)
        assert decoded(layers, codes[-1], present=PRESENT, supervisor="李监督")[-1] == contestant


def test_two_layers_from_one_seed_have_nothing_in_common():
    first, second, _ = make_layers()
    assert not {code for _, code in first.pairs} & {code for _, code in second.pairs}


def test_the_order_in_which_contestants_are_given_decides_nothing():
    layer = work_code_layer("评审号", "孙加密", CONTESTANTS, seed="s")
    assert layer == work_code_layer("评审号", "孙加密", CONTESTANTS[::-1], seed="s")


@pytest.mark.parametrize("missing", list(PRESENT))
def test_no_layer_opens_without_its_custodian(missing):
    layers = make_layers()
    code = layers[-1].pairs[0][1]
    with pytest.raises(DecodingNotAllowedError, match=missing):
        decoded(layers, code, present=PRESENT | {missing: "外人"}, supervisor="李监督")


@pytest.mark.parametrize("supervisor", ["", "  ", "孙加密"])
def test_nothing_opens_without_a_supervisor_who_keeps_no_codes(supervisor):
    layers = make_layers()
    with pytest.raises(DecodingNotAllowedError, match="监督"):
        decoded(layers, layers[-1].pairs[0][1], present=PRESENT, supervisor=supervisor)


def test_nobody_keeps_two_layers():
    with pytest.raises(CodeError, match="不同的人"):
        require_separate(make_layers(custodians=("赵加密", "赵加密", "孙加密")))


def test_layers_that_do_not_fit_on_one_another_are_refused():
    first, _, third = make_layers()
    with pytest.raises(CodeError, match="对不上"):
        require_separate([first, CodeLayer("赛位号", "钱加密", (("99", "1"),)), third])


def test_a_code_given_twice_is_refused():
    with pytest.raises(CodeError, match="重复"):
        require_separate([CodeLayer("评审号", "孙加密", (("1", "AAA"), ("2", "AAA")))])
    with pytest.raises(CodeError, match="重复"):
        work_code_layer("参赛号", "赵加密", ["a", "a"], seed="s")


def test_an_unknown_code_is_named():
    with pytest.raises(CodeError, match="ZZZ"):
        make_layers()[-1].inner("ZZZ")


def test_a_code_read_back_by_hand_may_have_blanks_and_small_letters():
    code = make_layers()[-1].pairs[0][1]
    assert read_work_code(f" {code[:2].lower()} {code[2:]}") == code


def test_every_single_slip_of_the_pen_is_noticed():
    code = make_layers()[-1].pairs[0][1]
    for place in range(len(code)):
        for other in CODE_ALPHABET.replace(code[place], ""):
            with pytest.raises(CodeError, match="写错"):
                read_work_code(code[:place] + other + code[place + 1 :])


def test_every_swap_of_neighbours_is_noticed():
    for _, code in make_layers()[-1].pairs:
        for place in range(len(code) - 1):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            if swapped != code:
                with pytest.raises(CodeError):
                    read_work_code(swapped)


@pytest.mark.parametrize("text", ["", "A", "O01I", "💥💥💥"])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(CodeError):
        read_work_code(text)


def test_codes_too_short_for_so_many_works_are_refused():
    with pytest.raises(CodeError, match="不够"):
        work_code_layer("评审号", "孙加密", map(str, range(100)), seed="s", length=3)
    with pytest.raises(CodeError, match="不够"):
        work_code_layer("评审号", "孙加密", ["1"], seed="s", length=2)
