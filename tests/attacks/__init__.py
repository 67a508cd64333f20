"""Hostile submissions, one module each, and the class that they are graded in."""
