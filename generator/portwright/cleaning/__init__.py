"""The command `clean`: takes away what `generate` made, and nothing else."""
