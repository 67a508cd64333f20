"""Attacks on the machine: processes, memory, files, network, what is left behind."""
