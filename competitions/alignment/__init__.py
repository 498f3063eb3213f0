"""A competition held against its rule packs: what agrees, what deviates, and who approved it."""
