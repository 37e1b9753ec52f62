"""Two records of one person become one, and two again when that was a mistake."""
