"""SIP calls: transactions, dialogs, registrar, trunks, legs. Hears nothing of customers, queues or interactions."""
