"""What was registered wrongly of a person, put right later: name and unit, with a reason that stays on record."""
