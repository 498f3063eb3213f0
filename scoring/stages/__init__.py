"""From one stage to the next: who goes on by the published result, by whose decision else, and as which entrant."""
