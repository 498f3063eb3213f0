"""Events of a competition: what is competed in, by modules, for which prizes."""
