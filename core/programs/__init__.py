"""Programs that read a competition over HTTP with an access token of their own, and what they may read."""
