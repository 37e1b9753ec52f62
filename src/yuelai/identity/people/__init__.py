"""Everybody who works here: who they are, where they stand, what they are granted, and how they get in."""
