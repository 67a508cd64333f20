"""Attacks from within Python: on the tests, on the numbers, on the wire."""
