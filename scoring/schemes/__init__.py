"""The scheme of an event on pages: its outline, a draft beside the adopted one, files of it."""
