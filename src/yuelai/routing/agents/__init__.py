"""Agents as others manage them: their profiles, why they may be busy, what leaders make them be, and their time.

What an agent is doing at this moment is core's; tables hold what people set up and what has been.
"""
