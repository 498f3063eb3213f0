"""A competition held against its rule packs, as a paper for the file."""
