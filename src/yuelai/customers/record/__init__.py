"""One customer in full: fields, identities, addresses, relations, consents, and who changed what."""
