"""Pages on which an organiser makes layouts, and looks after pictures, fonts, seals and printers."""
