"""Certificate layouts as data: what one is, how it is read, and those of the product beside this file."""
