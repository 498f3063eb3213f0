"""The time of whole modules: a clock for all who start together, kept by one judge or by the chief judge."""
