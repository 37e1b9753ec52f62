"""Customers from other systems, followed by the clock: sources with precedence, conflicts decided by people, and totals
that say after each run whether both sides hold the same."""
