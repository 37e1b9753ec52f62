"""Who may do what, at which tenant and about whose things. Owns `Principal`, `require` and `scoped`.

Also owns tenants, sites, groups, skills, roles, people and their grants, sessions, SIP credentials and the audit trail;
emits `person.changed`, `organisation.changed`, `tenant.changed`.
"""
