"""What must be true in PostgreSQL when all calls are over, each as a question whose answer is whatever is wrong."""

from __future__ import annotations

from typing import Final

WRONG: Final = {
    "interactions that are not closed": "SELECT id, state FROM interactions WHERE closed_at IS NULL",
    "interactions without the reason they ended for": "SELECT id FROM interactions WHERE end_reason IS NULL",
    "dialogs": "SELECT leg_id FROM open_dialogs",
    "facts that could not be applied": "SELECT seq, type, error FROM journal_parked",
    "recordings that still run": "SELECT id FROM recordings WHERE state = 'capturing'",
    "recordings of no interaction": """
        SELECT id FROM recordings r WHERE NOT EXISTS (SELECT FROM interactions i WHERE i.id = r.interaction_id)
    """,
    "segments with a gap or an overlap": """
        SELECT interaction_id, kind FROM (
            SELECT *, lead(started_at) OVER (PARTITION BY interaction_id ORDER BY started_at, seq) AS next
            FROM interaction_segments
        ) s WHERE ended_at IS NULL OR (next IS NOT NULL AND next <> ended_at)
    """,
    "segments that do not cover their interaction": """
        SELECT i.id, i.closed_at, s.until FROM interactions i JOIN (
            SELECT interaction_id, min(started_at) AS since, max(ended_at) AS until
            FROM interaction_segments GROUP BY interaction_id
        ) s ON s.interaction_id = i.id
        WHERE s.since < i.started_at OR s.until > i.closed_at OR s.until < i.ended_at
    """,
    "participants who still take part": """
        SELECT interaction_id, role FROM interaction_participants WHERE left_at IS NULL
    """,
    "participants outside of their interaction": """
        SELECT i.id, p.role FROM interaction_participants p JOIN interactions i ON i.id = p.interaction_id
        WHERE p.joined_at < i.started_at OR p.left_at > i.closed_at
    """,
    "wrap-ups that go on": "SELECT interaction_id, agent_id FROM interaction_wrapups WHERE ended_at IS NULL",
    "talk that is not the sum of its segments": """
        SELECT i.id, i.talk_ms, s.ms FROM interactions i JOIN (
            SELECT interaction_id, sum((extract(epoch FROM ended_at - started_at) * 1000)::bigint) AS ms
            FROM interaction_segments WHERE kind IN ('talk', 'conference') GROUP BY interaction_id
        ) s ON s.interaction_id = i.id WHERE abs(i.talk_ms - s.ms) > 2
    """,
    "agents still in a contact": """
        SELECT agent_id, state FROM agent_sessions
        WHERE state IN ('ringing', 'talking', 'hold', 'consult', 'wrapup')
    """,
    "agents' time with a gap or an overlap": """
        SELECT agent_id, state FROM (
            SELECT *, lead(started_at) OVER (PARTITION BY agent_id ORDER BY started_at, id) AS next FROM agent_state_log
        ) s WHERE (next IS NULL AND ended_at IS NOT NULL) OR (next IS NOT NULL AND ended_at IS DISTINCT FROM next)
    """,
    "agents talking without a contact": """
        SELECT agent_id, state FROM agent_state_log
        WHERE state IN ('ringing', 'talking', 'hold', 'consult', 'wrapup') AND interaction_id IS NULL
    """,
}

SUMMARY: Final = """
SELECT end_reason, count(*) AS n, count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered FROM interactions
GROUP BY end_reason ORDER BY n DESC
"""
KINDS: Final = "SELECT kind, count(*) AS n FROM interaction_segments GROUP BY kind ORDER BY n DESC"
ROLES: Final = "SELECT role, count(*) AS n FROM interaction_participants GROUP BY role ORDER BY n DESC"
