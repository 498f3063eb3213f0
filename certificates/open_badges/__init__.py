"""Credentials beside the certificate: Open Badges 3.0 as signed JSON Web Tokens."""
