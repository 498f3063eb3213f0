"""An organiser's own templates of papers: checked at upload, filled with approved flags, kept in versions."""
