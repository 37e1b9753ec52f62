"""What colleagues say to each other: bulletins with receipts, chats, experts asked about a contact, hand-over notes.

Owns the tables `bulletins`, `bulletin_reads`, `chats`, `chat_members`, `chat_messages`, `handovers`. Texts stay in
PostgreSQL; what is told to screens is that something is new, and they ask for it (`bootstrap.colleagues`).
"""
