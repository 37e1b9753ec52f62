"""Who may do what: tenants, people, roles, sign-in sessions, SIP credentials. Owns `Principal` and `require`."""
