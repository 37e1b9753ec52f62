"""Many customers at once, for imports and for following other systems: who a row speaks of, what it changes, and the
set-based SQL that writes it. Whatever a person does to one customer is in `record`; both leave the same traces."""
