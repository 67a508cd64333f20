"""Attacks by the file that is handed in: its structure and its format."""
