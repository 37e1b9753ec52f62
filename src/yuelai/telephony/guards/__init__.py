"""Who may speak to us, how much of it we bear, and what it may cost: asked before anything is read or dialled."""
