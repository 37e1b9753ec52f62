"""Bytes only: SIP, SDP, RTP, G.711, DTMF. No I/O and no clock in here: everything is a function of its arguments."""
