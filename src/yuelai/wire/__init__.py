"""Bytes only: SIP, SDP, RTP, G.711, DTMF, STUN. No I/O and no clock in here; everything is a function of its arguments."""
