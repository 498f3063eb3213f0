"""Awards: the prizes of an event, fixed from its final result; ties on a cut line are decided by a person."""
