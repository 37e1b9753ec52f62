"""IVR and bot graphs as data, and the runtime that walks them through the `Dialogue` port."""
