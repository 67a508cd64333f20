"""The course's folder, and what is released in it."""
