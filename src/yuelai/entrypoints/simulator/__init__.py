"""The people of the demo: agents with phones and customers who call, all through the real SIP and HTTP doors."""
