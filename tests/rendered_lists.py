"""A list of certificates as a file, and the command that makes them."""

from pathlib import Path

from click.testing import CliRunner, Result

from certificates.cli_render import render_command

HEADING = "姓名,称谓,奖项,表彰语,竞赛名称,赛项,颁发单位1,颁发单位2,落款日期,证书编号,核验网址,核验短网址"
ROW = "{name},同志,{award},技艺精湛,大赛,焊工,总工会,{second},二〇二六年,{number},https://a.cn/v/{number},a.cn/v/1"


def rows(*entries: tuple[str, str]) -> str:
    lines = [
        ROW.format(name=name, number=number, award="一等奖" if i % 2 else "二等奖", second="人社厅" if i % 3 else "")
        for i, (name, number) in enumerate(entries)
    ]
    return "\n".join([HEADING, *lines]) + "\n"


def run(folder: Path, *more: str, layout: str = "huiwen-gold") -> Result:
    arguments = [layout, str(folder / "list.csv"), "--out", str(folder / "out"), *more]
    return CliRunner().invoke(render_command, arguments)
