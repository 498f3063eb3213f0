"""Results: computed into snapshots, published by pointing at one, shown in lists, files and the hall."""
