"""A small business support system of its own: TM Forum's APIs over the sample's customers, for the demo and for tests.

It shares nothing with the centre but the seed that the sample is made from: no database, no files, no memory.
"""
