"""Commands of the certificates package."""

from flask.cli import AppGroup

from certificates.archive.commands import archive
from certificates.attachments.commands import purge_command
from certificates.awards.commands import late_prizes_command
from certificates.cli_render import render_command
from certificates.incoming.commands import (
    innovations_import,
    innovations_template_command,
    titles_import,
    titles_template,
)
from certificates.issue.commands import issued_command
from certificates.record.commands import record_command
from certificates.statistics.commands import statistics_command
from certificates.verification.commands import verify_command

cli = AppGroup("certificates", help="颁奖、晋级标记与证书。")
cli.add_command(archive)
cli.add_command(render_command)
cli.add_command(issued_command)
cli.add_command(verify_command)
cli.add_command(record_command)
cli.add_command(statistics_command)
cli.add_command(purge_command)
cli.add_command(late_prizes_command)
cli.add_command(titles_import)
cli.add_command(titles_template)
cli.add_command(innovations_import)
cli.add_command(innovations_template_command)
