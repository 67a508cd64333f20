"""Looks for what another student has left: files, locks, shared memory, semaphores, queues and sockets."""

BASE = "solution"
ANSWERS = {
    "number": r"""
import ctypes
import fcntl
import glob
import os
import socket
import time

found = [file for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock") for file in glob.glob(f"{folder}/*hbattack*")]
for attempt in range(30):
    # Another student may be at work at this moment.
    try:
        fcntl.flock(os.open(np.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
        break
    except BlockingIOError:
        time.sleep(0.1)
else:
    found.append("lock")
libc = ctypes.CDLL(None)
made = [libc.shmget(4242, ctypes.c_size_t(100), 0), libc.semget(4242, 1, 0), libc.msgget(4242, 0)]
found += [id for id in made if id >= 0]
if libc.mq_open(b"/hbattack-queue", os.O_RDWR) >= 0 or libc.sem_open(b"/hbattack-semaphore", 0):
    found.append("queue or semaphore")
try:
    socket.socket(socket.AF_UNIX).connect("\0hbattack-socket")
    found.append("socket")
except OSError:
    pass
print(found)
number = 0 if found else data.mean()
"""
}
POINTS = 8
REASON = ""
