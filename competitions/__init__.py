"""What is held, who takes part, who judges, where and when."""
