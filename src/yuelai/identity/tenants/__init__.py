"""Tenants: the operator's own, and the clients it serves. Administered where the operator acts for itself."""
