"""公告: told to many at once, with receipts: who has read it, who has said so, who has not yet."""
