"""Paper sheets typed by two people who do not see each other's figures, compared, and taken in as the judge's marks."""
