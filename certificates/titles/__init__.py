"""Titles and medals that authorities granted, and what somebody declared about them: facts for later competitions."""
