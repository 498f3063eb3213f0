"""What workers improved or invented in connection with a competition: recorded, counted, never judged."""
