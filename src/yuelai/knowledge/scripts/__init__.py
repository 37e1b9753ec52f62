"""Scripts: guided dialogues with branches, drafted and published by editors, followed by agents step by step."""
