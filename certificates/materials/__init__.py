"""What certificates are drawn with beside the product's own: layouts, pictures, fonts and seals of an organiser."""
