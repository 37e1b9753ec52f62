"""A small SIP user agent of its own: places test calls (`yuelai call`) and plays the phones and callers of the demo.

It is the centre's own stack (`telephony`) with sound of its own; foreign telephones are tried in tests/calls.
"""
