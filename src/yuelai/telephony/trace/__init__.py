"""What was on the wire: every SIP message of every call kept sealed for some time, and a line about each call.

`writer` takes the messages from the transports, `book` makes calls of them, `reader` finds them again; `ladder` and
`pcap` show them.
"""
