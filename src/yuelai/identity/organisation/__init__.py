"""How a tenant is made up: sites, groups, skills, roles; and the tenants themselves."""
