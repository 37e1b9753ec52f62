"""The embedded engine: a process that moves sound for all legs in one 20 ms tick, with numpy and nothing else."""
