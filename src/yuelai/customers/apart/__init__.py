"""Telling apart those who share a number: what to ask them, who of them it probably is, and what they answer."""
