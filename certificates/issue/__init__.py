"""Certificates in bulk: planned, numbered, issued, handed out, revoked, replaced; files are made again on request."""
