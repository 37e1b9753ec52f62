"""Who calls: customers, their identities, matching and the 360° overview."""
