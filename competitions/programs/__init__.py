"""What programs read of a competition, its timetable, notices and contestants; the page of their access tokens."""
