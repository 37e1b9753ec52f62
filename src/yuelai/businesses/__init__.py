"""What customers want done: kinds of business with forms, drafts that belong to a contact, and what was submitted.

A record is what somebody wants; who does it, and until when, is for a room above (cases), which reads records by id.
"""
