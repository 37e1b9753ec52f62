"""What agents say and offer: scripts that are read step by step, and the next best offer. Knows no contact and no
customer but through its port (`knowledge.ports`)."""
