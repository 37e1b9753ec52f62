"""A small SIP user agent of its own: places test calls (`yuelai call`) and plays the phones and callers of the demo.

It shares the wire formats with the centre and nothing else, so that what it proves it proves from outside.
"""
