"""Trunks: the ways to and from carriers, office PBXs and gateways, which of them a call takes, and how they stand.

`model` and `numbers` are pure: the configuration, the choice, the numbers. `repository`, `service`, `endpoints` keep
the configuration; `manager` runs in core: `fleet` with `state` (what each trunk is doing), `health` (OPTIONS) and
`registering` (REGISTER) over a `line`; `inward` and `outward` for calls, with `caller`; `trial` calls.
"""
