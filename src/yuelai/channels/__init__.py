"""Where a call (later: a mail, a chat) becomes an interaction. The only room that knows both planes."""
