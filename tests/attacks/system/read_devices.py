"""Opens the devices of the machine, makes new ones, and looks at /sys."""

BASE = "solution"
ANSWERS = {
    "number": """
import glob
import os
import stat

opened = []
for kind, pairs in ((stat.S_IFCHR, [(1, 1), (1, 11), (10, 232)]), (stat.S_IFBLK, [(8, 0), (254, 0), (259, 0)])):
    for major, minor in pairs:
        try:
            os.mknod(f"/tmp/hbattack-{major}-{minor}", kind | 0o666, os.makedev(major, minor))
            opened.append((kind, major, minor))
        except OSError:
            pass
harmless = {"null", "zero", "full", "random", "urandom", "tty", "ptmx", "stdin", "stdout", "stderr"}
names = {"/dev/mem", "/dev/kvm", "/dev/kmsg", "/dev/fuse", "/dev/net/tun", "/dev/sda", "/dev/vda", *glob.glob("/dev/*")}
for name in names:
    try:
        if os.path.basename(name) not in harmless and not os.path.isdir(name):
            opened.append(open(name, "rb"))
    except OSError:
        pass
print(opened, os.path.exists("/sys/kernel"))
number = 0 if opened or os.path.exists("/sys/kernel") else data.mean()
"""
}
POINTS = 8
REASON = ""
