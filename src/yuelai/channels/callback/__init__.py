"""Calls that we owe: booked in the queue, left as a voicemail or asked for on the web, and kept until they are made.

Owns the table `callbacks`; the keeper in core has those that still wait, whatever dies.
"""
