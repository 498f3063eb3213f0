"""Keys with which an issuing body signs certificates: registered, chosen for an issue, removed."""
