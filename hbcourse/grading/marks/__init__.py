"""Marks: kept in records, brought into nbgrader's gradebook."""
