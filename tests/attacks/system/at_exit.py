"""Registers what is to run when it ends: files to be written, and a process to be started."""

BASE = "solution"
ANSWERS = {
    "number": """
import atexit
import multiprocessing.util
import os
import subprocess
import threading
import weakref

def later():
    for folder in ("/tmp", "/var/tmp", "/dev/shm", "/work", "/root"):
        os.system(f"echo x > {folder}/hbattack")
    subprocess.Popen(["sleep", "3600"], start_new_session=True)

class Held:
    __del__ = staticmethod(lambda: later())

held = Held()
atexit.register(later)
weakref.finalize(np, later)
threading._register_atexit(later)
multiprocessing.util.Finalize(None, later, exitpriority=0)
number = data.mean()
"""
}
POINTS = 8
REASON = ""
