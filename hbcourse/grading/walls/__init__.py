"""What keeps submissions apart from everything else."""
