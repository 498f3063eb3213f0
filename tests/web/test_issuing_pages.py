"""Pages on which certificates are previewed, issued, downloaded, revoked and replaced, and strangers kept out."""

import hashlib
import io
import re
import zipfile

import pypdfium2
from awarded import (
    Published,
    Row,
    certificates,
    make_awarded,
    make_certified,
)
from factories import make_account, make_competition, sign_in_account
from flask.testing import FlaskClient

from certificates.models import CertificateState
from core import jobs
from core.permissions import Role

RARE = "欧阳𬱖"
NOBODY_DRAWS = "王\U000323af"
"""U+323AF stands at the end of CJK Extension H, which no font of the house covers."""


def pages(published: Published) -> str:
    return f"/certificates/competitions/{published.competition_id}"


def organiser(client: FlaskClient, published: Published) -> FlaskClient:
    return sign_in_account(client, make_account(role=Role.ORGANISER, competition_id=published.competition_id))


def test_the_organiser_previews_issues_and_downloads(client: FlaskClient) -> None:
    published = make_awarded([Row("1", name=RARE), Row("2"), Row("3", name=NOBODY_DRAWS), Row("4")])
    organiser(client, published)
    page = f"{pages(published)}/events/{published.event_id}/issues"

    shown = client.get(f"{page}/new").text
    assert "1 人的证书无法生成" in shown
    assert "U+323AF" in shown
    pictures = re.findall(r'src="(/certificates/[^"]*preview\.png[^"]*)"', shown)
    assert len(pictures) >= 2
    picture = client.get(pictures[0].replace("&amp;", "&"))
    assert picture.data.startswith(b"\x89PNG")
    hidden = dict(re.findall(r'type="hidden" name="([a-z_]+)" value="([^"]*)"', shown))
    assert "请至少选一个奖项" in client.post(page, data=hidden).text
    answer = client.post(page, data=hidden | {"prizes": ["一等奖", "二等奖"], "early_reason": "演示"})
    assert "/jobs/" in answer.location
    jobs.sweep()
    assert client.get(answer.location).status_code == 200

    listed = client.get(f"{pages(published)}/issued").text
    assert RARE in listed
    made = certificates(published)[0]
    one = client.get(f"{pages(published)}/certificates/{made.id}.pdf")
    assert one.mimetype == "application/pdf"
    assert hashlib.sha256(one.data).hexdigest() == made.digest
    package = client.get(f"{pages(published)}/certificates.zip")
    assert zipfile.ZipFile(io.BytesIO(package.data)).testzip() is None
    assert made.code in client.get(f"{pages(published)}/certificates/{made.id}").text
    assert client.get(f"{pages(published)}/certificates/{made.id}.png").data.startswith(b"\x89PNG")
    printed = client.get(f"{pages(published)}/certificates.pdf?event={published.event_id}")
    assert len(pypdfium2.PdfDocument(printed.data)) == 2
    assert made.number in client.get(f"{pages(published)}/handing-out").text


def test_terms_that_are_wrong_stay_on_the_page_with_the_reason(client: FlaskClient) -> None:
    published = make_awarded()
    organiser(client, published)

    answer = client.get(f"{pages(published)}/events/{published.event_id}/issues/new?issued_on=明天&citation=表现突出")

    assert answer.status_code == 422
    assert "请填写落款日期" in answer.text
    assert "表现突出" in answer.text


def test_the_organiser_revokes_and_replaces_on_the_pages(client: FlaskClient) -> None:
    published = make_certified()
    organiser(client, published)
    first, second, _ = certificates(published)

    revoked = client.post(
        f"{pages(published)}/certificates/{first.id}/revocation", data={"text": "查实"}, follow_redirects=True
    )
    replaced = client.post(
        f"{pages(published)}/certificates/{second.id}/replacement", data={"text": "改名"}, follow_redirects=True
    )

    assert "已撤销" in revoked.text
    assert "已换发新证书" in replaced.text
    assert client.get(f"{pages(published)}/certificates/{first.id}.pdf").status_code == 409
    assert "没有找到证书" in client.get(f"{pages(published)}/issued?q=没有的人").text


def test_a_stranger_issues_reads_and_revokes_nothing(client: FlaskClient) -> None:
    published = make_certified()
    certificate = certificates(published)[0]
    sign_in_account(client, make_account(display_name="李外人", role=Role.ORGANISER, competition=make_competition()))
    base, event = pages(published), f"{pages(published)}/events/{published.event_id}"

    for address in (
        f"{base}/issued",
        f"{base}/certificates/{certificate.id}",
        f"{base}/certificates/{certificate.id}.pdf",
        f"{base}/certificates.zip",
        f"{base}/certificates.pdf",
        f"{base}/certificates/{certificate.id}.png",
        f"{base}/handing-out",
        f"{event}/issues/new",
        f"{event}/preview.png",
    ):
        assert client.get(address).status_code == 403, address
    for address in (
        f"{event}/issues",
        f"{base}/certificates/{certificate.id}/revocation",
        f"{base}/certificates/{certificate.id}/replacement",
    ):
        assert client.post(address, data={"text": "x"}).status_code == 403, address
    assert certificates(published)[0].state is CertificateState.VALID
