"""The rules of judging on the spot: votes taken again, blindness, substitutes, time taken, doubts answered."""
