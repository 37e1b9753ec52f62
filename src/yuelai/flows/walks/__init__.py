"""How contacts went through flows: a row for each walk, and what they add up to."""
