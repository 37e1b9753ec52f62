"""What a contact can have been about: a tree of two levels, for all queues or some, chosen in the wrap-up."""
