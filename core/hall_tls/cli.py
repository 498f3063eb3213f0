"""The command that makes HTTPS certificates for a hall: `flask core hall-certificate 192.168.1.10`."""

import click
from flask.cli import with_appcontext

from core.cli import settings
from core.command_line import in_a_sentence
from core.hall_tls.authority import make_certificates, renew_certificate


@click.command("hall-certificate")
@click.argument("addresses", nargs=-1, metavar="地址…")
@click.option("--renew", is_flag=True, help="由原有的赛场证书给服务器换发；不写地址就沿用原来的。")
@with_appcontext
def hall_certificate(addresses: tuple[str, ...], renew: bool) -> None:
    """Make a local authority and a certificate for this server's ADDRESSES in the hall; exit 1 if that cannot be."""
    kept = settings()
    with in_a_sentence():
        made = renew_certificate(kept.tls_folder, addresses) if renew else make_certificates(kept.tls_folder, addresses)
    port = kept.port
    click.echo(f"证书已写入 {kept.tls_folder}，用于 {'、'.join(made.addresses)}，有效期至 {made.expires_at:%Y-%m-%d}")
    click.echo(f"赛场证书指纹（SHA-256）\n  {made.fingerprint}")
    host = f"[{made.addresses[0]}]" if ":" in made.addresses[0] else made.addresses[0]
    click.echo(f"这样启动：\n  TLS=own HOST=0.0.0.0 BASE_URL=https://{host}:{port} flask --app wsgi core serve")
    click.echo(f"平板安装赛场证书的说明：https://{host}:{port}/certificate")
