"""Finding customers as one types: by name, pinyin, numbers and addresses (docs/adr/0006-finding-customers.md)."""
