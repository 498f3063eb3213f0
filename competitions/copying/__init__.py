"""A new competition set up as an earlier one was: events, modules, prizes, schemes, delegations; nobody and no mark."""
