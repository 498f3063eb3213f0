"""Pictures that judges take as evidence: kept beside the marks, never in their way, seen by the chief judge alone."""
