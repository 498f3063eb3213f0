"""Delegations and their leaders."""
