"""A provisioning system of the old kind ("97"): orders as XML in GB18030 over HTTP."""
