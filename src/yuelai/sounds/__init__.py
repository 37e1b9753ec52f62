"""What a tenant says in its own words or voice: prompts with their versions and files, before the shipped ones."""
