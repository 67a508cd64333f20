"""What one submission may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cell, total : float
        Seconds that a cell, and the whole submission, may take.
    memory : int
        Bytes of memory, over all its processes, its temporary files included.
    processes : int
        Processes and threads at a time.
    """

    cell: float = 120
    total: float = 600
    memory: int = 4 << 30
    processes: int = 64
