"""Appeals (申诉) against marks and results: handed in, taken up or not, ruled upon, with a deadline that people see."""
