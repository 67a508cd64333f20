"""Attacks by two submissions that are graded at the same time: no other pair has their limits."""
