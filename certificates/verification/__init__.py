"""Whether a certificate is genuine: by code, by QR, by the file itself, and on paper without network."""
