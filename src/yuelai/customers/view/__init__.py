"""The 360° view in sections, each asked for and answered on its own: what takes long or fails holds up nothing else."""
