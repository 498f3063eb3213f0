"""Chinese characters as code points: old private-use ones brought to the standard. Never folds by NFKC."""

_GBK_FIRST = 0xE815
# GBK positions FE50–FEA0 in their order: characters that Unicode did not have in 1995. Systems of that time
# stored them as U+E815–U+E864, and such files are still handed in (U+E863 for 䶮 in a family name).
_GBK_LATER_ENCODED = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖"
    "䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_STANDARD = {_GBK_FIRST + offset: ord(character) for offset, character in enumerate(_GBK_LATER_ENCODED)}
# Vertical punctuation, ḿ, ǹ, the Euro sign and the description characters: the other positions that GB 18030
# moved out of the private area (editions 2000, 2005 and 2022).
_STANDARD |= dict(
    zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True),
)
_STANDARD |= {0xE76C: 0x20AC, 0xE7C7: 0x1E3F, 0xE7C8: 0x01F9, 0xE7E7: 0x303E}
_STANDARD |= dict(zip(range(0xE7E8, 0xE7F4), range(0x2FF0, 0x2FFC), strict=True))

_KANGXI_RADICALS = (
    "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾"
    "弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石"
    "示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門"
    "阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"
)
# Text copied out of a PDF often has the radical U+2F45 where 方 was meant: looks the same, is never found.
_STANDARD |= {0x2F00 + offset: ord(character) for offset, character in enumerate(_KANGXI_RADICALS)}


def is_private_use(character: str) -> bool:
    """Tell whether one character stands in an area that no standard gives a meaning.

    Args:
        character: a string of length 1.

    Returns:
        True for U+E000–U+F8FF and planes 15 and 16.
    """
    point = ord(character)
    return 0xE000 <= point <= 0xF8FF or point >= 0xF0000


def standard_characters(text: str) -> str:
    """Replace old private-use code points of GBK and radicals that stand for characters by the standard ones.

    A name keeps every distinction that its bearer makes: no compatibility folding, no simplified–traditional
    change. Private-use code points that GBK never gave a meaning stay as they are; see `unknown_private_use`.

    Args:
        text: any text, such as a name read from a registration workbook.

    Returns:
        The text with U+E863 as 䶮 (U+4DAE), U+2F45 as 方 (U+65B9) and so on; all else unchanged.

    Source: GB 18030-2022, code positions FE50–FEA0, A2E3, A6D9–A6F3, A8BC, A8BF and A989–A995; Unicode block
    Kangxi Radicals.
    """
    return text.translate(_STANDARD)


def unknown_private_use(text: str) -> tuple[str, ...]:
    """Find the characters that only the sender's own font can draw.

    Args:
        text: any text.

    Returns:
        Each such character once, in order of appearance, after `standard_characters`.
    """
    return tuple(dict.fromkeys(filter(is_private_use, standard_characters(text))))


def code_point(character: str) -> str:
    """Name a character's code point as people write it, such as ``U+4DAE`` or ``U+2CC56``."""
    return f"U+{ord(character):04X}"
