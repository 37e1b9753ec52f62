"""Fuzzing of SIP and SDP: parsers and listeners, a million inputs by `make fuzz-sip`, a few thousand in the tests."""
