"""Sign-in by way of another house: an identity provider (OpenID Connect) says who somebody is, nothing more."""
