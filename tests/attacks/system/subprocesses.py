"""Computes in several processes and by a shell, as an honest student may."""

BASE = "solution"
ANSWERS = {
    "number": """
import concurrent.futures
import multiprocessing
import subprocess

with concurrent.futures.ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("fork")) as pool:
    total = sum(pool.map(float, data))
count = int(subprocess.run("echo 4", shell=True, capture_output=True, text=True, check=True).stdout)
number = total / count
"""
}
POINTS = 8
REASON = ""
