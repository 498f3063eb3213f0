"""Standings of delegations: by a formula that the organiser chooses, shown to the public by decision, as a snapshot."""
