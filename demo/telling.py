"""What the demo is at, a line a stage on stderr: a busy machine takes minutes, and a silent screen looks broken."""

import click


def tell(stage: str) -> None:
    """Say what is done next.

    Args:
        stage: in a few words.
    """
    click.echo(f"演示：{stage}…", err=True)
