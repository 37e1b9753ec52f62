"""SMPP 3.4, the protocol that providers of text messages speak (SMPP Developers Forum, issue 1.2, 1999)."""
