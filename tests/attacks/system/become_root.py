"""Becomes root: by setuid, by programs that may, and by one that it marks so."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import shutil
import subprocess

became = []
for change in (os.setuid, os.seteuid, os.setgid, lambda number: os.setgroups([number])):
    try:
        change(0)
        became.append(change)
    except OSError:
        pass
for command in ("su -c id", "sudo -n id", "pkexec id", "mount -t tmpfs x /tmp", "passwd -d root", "newgrp root"):
    try:
        if subprocess.run(command.split(), capture_output=True, stdin=-3).returncode == 0:
            became.append(command)
    except FileNotFoundError:
        pass
shutil.copy("/usr/bin/id", "/tmp/hbattack-id")
os.chmod("/tmp/hbattack-id", 0o6755)
own = subprocess.run(["/tmp/hbattack-id", "-u"], capture_output=True, text=True).stdout.strip()
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
rights = {name: int(status[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb")}
print(became, own, rights, status["NoNewPrivs"], status["Seccomp"])
number = data.mean() if not became and own not in ("", "0") and not any(rights.values()) else 0
"""
}
POINTS = 8
REASON = ""
