"""What an operator asks of an installation on its command line: accounts, a password, long work, the audit record."""
