"""One worker's record over years: competitions, places, recommendations, certificates, levels, each with its source."""
