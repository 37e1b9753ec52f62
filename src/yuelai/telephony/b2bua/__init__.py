"""Calls of two legs (a back-to-back user agent, RFC 7092): who is called, what crosses from one leg to the other, and
that neither stays up without the other. Whose sound it is, and how it travels, is behind `media.MediaBridge`."""
