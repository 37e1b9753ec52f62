"""Copies of a whole centre, taken while it runs: database, journal, files, and a check of the master key.

One ZIP file. The master key itself is not in it: whoever finds a backup must not be able to open what it holds.
"""
