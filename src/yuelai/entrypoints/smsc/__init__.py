"""A small message centre of its own: SMPP 3.4 on this machine alone, for the demo and for tests.

It keeps what it was given, delivers it to nobody, and says a moment later that it did. It shares nothing with ours.
"""
