"""Customers from files: uploaded, mapped, tried dry, run in the worker, undone.

A file is read as a stream, twice or more, and never held: `encoding` and `dialect` find out how it is written,
`csvfile` and `workbook` read it, `normalise` makes a row into what customers keep, `batches` writes a batch at a time.
"""
