"""The command that checks pictures against what was registered, as after a backup was restored."""

import click

from scoring.cli import cli
from scoring.photos.adding import damaged_photos
from scoring.photos.files import photo_folder


@cli.command("photos")
def check_photos() -> None:
    """Check that every picture of a sheet is on disk as it was registered; exit 1 if one is not."""
    damaged = damaged_photos(photo_folder())
    for sheet, number, why in damaged:
        click.echo(f"评分表 {sheet} 照片 {number}：{why}", err=True)
    if damaged:
        raise SystemExit(1)
    click.echo("照片文件都在，内容与登记的摘要一致")
