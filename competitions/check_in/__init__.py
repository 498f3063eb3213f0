"""Check-in (检录): who has come, when and on whose word, by a badge's QR code or from the list."""
