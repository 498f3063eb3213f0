"""How judges' devices come into a competition: links with PINs, devices, and the rule whether a PIN is asked for."""
