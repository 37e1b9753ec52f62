"""Forms that nobody has submitted yet: they belong to a contact, and whoever has it goes on with them."""
