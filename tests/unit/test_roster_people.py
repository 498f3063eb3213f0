import pytest

from competitions.roster.findings import MESSAGES, Problem
from competitions.roster.people import read_level, read_name, read_phone, read_sex
from core.identity import Sex


def said(remarks):
    return [remark.problem for remark in remarks]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("傅佳怡", "傅佳怡"),
        ("傅 佳怡", "傅佳怡"),
        ("孙　连生", "孙连生"),
        (" 张\u00a0三\n", "张三"),
        ("王\n芳", "王芳"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 . 买买提", "阿卜杜拉·买买提"),
        ("买买提・阿不都", "买买提·阿不都"),
        ("古丽·阿依古丽·买买提", "古丽·阿依古丽·买买提"),
        ("徐𫍯", "徐𫍯"),
        ("张龘", "张龘"),
        ("〇一", "〇一"),
        ("萧\ufe00何", "萧何"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("John  Smith", "John Smith"),
        ("Jean-Luc O'Neil", "Jean-Luc O'Neil"),
        ("Ｊｏｈｎ Ｓｍｉｔｈ", "John Smith"),
        ("José Ñandú", "José Ñandú"),
    ],
)
def test_a_name_is_kept_and_only_its_typing_is_mended(written, name):
    assert read_name(written) == (name, ())


def test_an_old_private_use_character_becomes_the_standard_one_and_is_said():
    assert (read_name("王\ue863")[0], said(read_name("王\ue863")[1])) == ("王䶮", [Problem.NAME_STANDARDISED])
    assert read_name("⽅明")[0] == "方明"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", Problem.NAME_MISSING),
        (" \u3000\u200b", Problem.NAME_MISSING),
        ("待定", Problem.NAME_NOT_A_NAME),
        ("/", Problem.NAME_NOT_A_NAME),
        ("王\ue000", Problem.NAME_PRIVATE_USE),
        ("王\U000f0001", Problem.NAME_PRIVATE_USE),
        ("张三、李四", Problem.NAME_SEVERAL),
        ("张三\n李四", Problem.NAME_SEVERAL),
        ("张三/李四", Problem.NAME_SEVERAL),
        ("张三（女）", Problem.NAME_CHARACTERS),
        ("张*", Problem.NAME_CHARACTERS),
        ("张?", Problem.NAME_CHARACTERS),
        ("张�", Problem.NAME_CHARACTERS),
        ("张□", Problem.NAME_CHARACTERS),
        ("⿰王龙", Problem.NAME_CHARACTERS),
        ("张三2", Problem.NAME_CHARACTERS),
        ("张san", Problem.NAME_CHARACTERS),
        ("张😀", Problem.NAME_CHARACTERS),
        ("<script>alert(1)</script>", Problem.NAME_CHARACTERS),
        ("=HYPERLINK(1)", Problem.NAME_CHARACTERS),
        ("张\x07三", Problem.NAME_CHARACTERS),
        ("甲" * 41, Problem.NAME_TOO_LONG),
        ("王", Problem.NAME_ONE_CHARACTER),
        ("བསོད་ནམས", Problem.NAME_OTHER_SCRIPT),
    ],
)
def test_what_is_no_name_is_said(written, problem):
    assert said(read_name(written)[1]) == [problem]


def test_the_wrong_characters_are_named_with_their_code_points():
    ((_, remarks),) = [read_name("张\ue000")]
    assert remarks[0].params["characters"] == "U+E000"


@pytest.mark.parametrize(
    ("written", "level"),
    [
        ("高级技师", 1), ("技师", 2), ("高级工", 3), ("中级工", 4), ("初级工", 5), ("一级/高级技师", 1),
        ("二级技师", 2), ("技师（二级）", 2), ("中级工（四级）", 4), ("四级/中级工", 4), ("三级/高级工", 3),
        ("国家职业资格三级", 3), ("职业技能等级三级", 3), ("三级（高级技能）", 3), ("高级", 3), ("第三级", 3),
        ("3", 3), ("３级", 3), ("Ⅲ级", 3), ("III", 3), ("叁级", 3), ("焊工三级", 3), ("电工高级工", 3),
        ("高级工(焊工)", 3), ("3级-高级工", 3), ("高 级 工", 3), ("五级", 5), ("初级", 5), ("5", 5),
        ("二级", 2), ("V", 5), ("IV级", 4), ("高级技师证书", 1), ("已取得高级工", 3), ("特级技师", 1),
        ("首席技师", 1),
    ],
)  # fmt: skip
def test_a_level_is_read_however_it_is_written(written, level):
    value, remarks = read_level(written)
    assert value == level
    assert all(MESSAGES[remark.problem][0] == "note" for remark in remarks)


@pytest.mark.parametrize("written", ["", "无", "/", "—", "学徒工", "暂无", "未取得"])
def test_no_level_is_none_and_no_complaint(written):
    assert read_level(written) == (None, ())


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("八级", Problem.LEVEL_UNREADABLE),
        ("六级", Problem.LEVEL_UNREADABLE),
        ("十三级", Problem.LEVEL_UNREADABLE),
        ("优秀", Problem.LEVEL_UNREADABLE),
        ("6", Problem.LEVEL_UNREADABLE),
        ("三级/技师", Problem.LEVEL_CONTRADICTS),
        ("一级（技师）", Problem.LEVEL_CONTRADICTS),
        ("高级工程师", Problem.LEVEL_IS_TITLE),
        ("助理工程师", Problem.LEVEL_IS_TITLE),
        ("中级职称", Problem.LEVEL_IS_TITLE),
    ],
)
def test_a_level_that_is_none_is_said_and_not_guessed(written, problem):
    assert (read_level(written)[0], said(read_level(written)[1])) == (None, [problem])


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("15174218096", "15174218096"),
        ("１５８３８３８３８９９", "15838383899"),
        ("151 7421 8096", "15174218096"),
        ("151-7421-8096", "15174218096"),
        ("+86 15174218096", "15174218096"),
        ("(86)15174218096", "15174218096"),
        ("008615174218096", "15174218096"),
        ("\u202d15174218096\u202c", "15174218096"),
        ("15174218096/0311-88888888", "15174218096"),
        ("15174218096、15174218097", "15174218096"),
        ("0311-88888888", "031188888888"),
        ("(0335)3888888", "03353888888"),
        ("+852 9123 4567", "+85291234567"),
        ("19912345678", "19912345678"),
    ],
)
def test_a_telephone_number_is_reduced_to_its_digits(written, phone):
    assert read_phone(written) == (phone, ())


@pytest.mark.parametrize(
    "written", ["1380013800", "12345678901", "138001380001", "88888888", "无", "13800138oo0", "+8613800"]
)
def test_what_is_no_telephone_number_is_said(written):
    assert said(read_phone(written)[1]) == [Problem.PHONE_INVALID]


def test_a_missing_telephone_number_is_asked_for():
    assert said(read_phone(" ")[1]) == [Problem.PHONE_MISSING]


@pytest.mark.parametrize(
    ("written", "sex"), [("男", Sex.MALE), (" 女 ", Sex.FEMALE), ("男性", Sex.MALE), ("f", Sex.FEMALE), ("", None)]
)
def test_sex_is_read(written, sex):
    assert read_sex(written) == (sex, ())


@pytest.mark.parametrize("written", ["1", "未知", "男女", "汉"])
def test_what_is_no_sex_is_said(written):
    assert said(read_sex(written)[1]) == [Problem.SEX_UNKNOWN]
