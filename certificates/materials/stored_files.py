"""Content by its digest: put in once, and read again by whatever was frozen with it."""

import hashlib
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.materials.models import StoredFile
from core.clock import now
from core.db import db
from core.errors import NotFoundError


def keep_file(session: Session, content: bytes) -> str:
    """Store content unless it is there, inside the caller's transaction; returns its digest."""
    digest = hashlib.sha256(content).hexdigest()
    if session.get(StoredFile, digest) is None:
        session.add(StoredFile(digest=digest, content=content, stored_at=now()))
        session.flush()
    return digest


@lru_cache(maxsize=32)
def content_of(digest: str) -> bytes:
    """The content with this digest; it can never change, so it is kept for the process.

    Raises:
        NotFoundError: none was stored.
    """
    content = db.session.scalar(select(StoredFile.content).where(StoredFile.digest == digest))
    if content is None:
        raise NotFoundError("没有这个文件")
    return bytes(content)
