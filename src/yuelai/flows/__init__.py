"""IVR and bot graphs as data, and the runtime that walks them through the `Dialogue` port.

`loader.sample("main")` is the sample centre's flow; `runtime.run` walks one. Its first variables are given by whoever
carries the contact: `ani`, `dnis`, `match` and `customer` (a card or null); the sample's look-up `balance` takes
`customer_id` and answers `minor`, `currency`, `bill_minor` (or null) and `bill_month`.
"""
