"""Colleagues write to each other, one to one, or several of them about a contact: an expert is asked."""
