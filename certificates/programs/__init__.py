"""What programs read of prizes, flags, level certificates and the register of certificates."""
