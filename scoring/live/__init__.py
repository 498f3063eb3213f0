"""What people see while marking runs: the chief judge's board, kept up to date without polling storms."""
