"""How people prove who they are: passwords and their rules, lock-out, second factors, providers elsewhere."""
