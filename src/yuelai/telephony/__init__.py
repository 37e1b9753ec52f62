"""SIP: transactions, dialogs, the registrar, trunks, and legs that end exactly once.

Owns every SIP dialog of ours. Emits leg events to their owners (`ports`) and the facts of standing
dialogs and registered phones (`events`).
Calls nobody upwards: secrets come through `ports.CredentialStore`, safety through `ports.DialogJournal` and
`ports.BindingJournal`.

`service` is telephony on sockets, `stack` the same without them. From the bottom: `hops`, `transport` (where bytes go),
`timers`, `transactions` (tables), `layer` (transactions at work), `dialog`, `useragent` (sending and tables),
`leg` with `incoming`, `outgoing`, `negotiation`, `liveness`, `repeat`; beside them `registrar` with `kept`, `auth`,
`admission`, and `dispatch`, which takes every request to whom it concerns.
"""
