"""Leaves files, locks, shared memory, semaphores, queues and sockets for the next student to find."""

BASE = "solution"
ANSWERS = {
    "number": r"""
import ctypes
import fcntl
import multiprocessing.shared_memory
import os
import socket

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock"):
    try:
        with open(f"{folder}/hbattack-answers", "w") as file:
            file.write("number = data.mean()")
    except OSError:
        pass
fcntl.flock(os.open(np.__file__, os.O_RDONLY), fcntl.LOCK_EX)
memory = multiprocessing.shared_memory.SharedMemory("hbattack-memory", create=True, size=100)
libc = ctypes.CDLL(None)
made = [libc.shmget(4242, ctypes.c_size_t(100), 0o1666), libc.semget(4242, 1, 0o1666), libc.msgget(4242, 0o1666)]
queue = libc.mq_open(b"/hbattack-queue", os.O_CREAT | os.O_RDWR, 0o666, None)
semaphore = libc.sem_open(b"/hbattack-semaphore", os.O_CREAT, 0o666, 1)
listening = socket.socket(socket.AF_UNIX)
listening.bind("\0hbattack-socket")
listening.listen()
number = data.mean()
"""
}
POINTS = 8
REASON = ""
