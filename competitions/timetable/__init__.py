"""When and where each part of a competition takes place: sessions, their clashes, changes that were told, calendars."""
