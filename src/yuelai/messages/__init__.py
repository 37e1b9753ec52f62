"""Words that leave the centre in writing: taken once, sent once, and what became of them. So far text messages."""
