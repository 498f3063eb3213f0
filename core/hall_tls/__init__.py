"""HTTPS for a hall without internet: a certificate authority of the hall, and how tablets come to trust it."""
