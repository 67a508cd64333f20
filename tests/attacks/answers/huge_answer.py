"""Answers with an array of 2 GB that costs it nothing, so that whoever reads it runs out of memory."""

BASE = "blank"
ANSWERS = {
    "number": "number = np.broadcast_to(1.0, (1 << 28,))",
    "double": "def double(x):\n    return np.broadcast_to(2 * x, (1 << 14, 1 << 14))",
    "share": "share = np.broadcast_to(np.float32(0), (4, 1 << 27))",
}
POINTS = 0
REASON = "double(1.0) raised MemoryError"
