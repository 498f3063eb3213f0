"""Standings of delegations for the public: shown by decision, as a snapshot, and taken back by decision."""
