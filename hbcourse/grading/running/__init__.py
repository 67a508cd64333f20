"""Runs what is handed in, and judges it."""
