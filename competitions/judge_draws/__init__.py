"""Judges drawn for panels: lots with a seed and a witness, obeying recusal and the timetable; every draw stays."""
