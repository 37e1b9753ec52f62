"""Roles: bundles of permissions, built-in ones and a tenant's own; and who may give which rights to whom."""
