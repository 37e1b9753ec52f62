"""交接班: what one shift leaves to the next, group by group."""
