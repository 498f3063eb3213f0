"""Rule packs to read: their pages and commands."""
