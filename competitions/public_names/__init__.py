"""What contestants are called where anybody may look: by name, by a mask, by number; and who asked not to be named."""
