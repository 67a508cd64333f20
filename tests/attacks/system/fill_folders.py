"""Fills the temporary folders with large files (2 GB, if nothing stops it)."""

BASE = "solution"
ANSWERS = {
    "number": """
block = bytes(16 << 20)
written = 0
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev", "/"):
    for count in range(64):
        try:
            with open(f"{folder}/filler{count}", "wb", buffering=0) as file:
                written += file.write(block)
        except OSError:
            break
number = data.mean() if 0 < written < 1 << 30 else 0
"""
}
POINTS = 8
REASON = ""
