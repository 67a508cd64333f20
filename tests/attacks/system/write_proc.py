"""Sets what the kernel runs, keeps and allows, through /proc."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
written = []
names = ["sys/kernel/core_pattern", "sys/kernel/modprobe", "sys/kernel/hostname", "sysrq-trigger", "sys/vm/drop_caches"]
names += ["sys/kernel/shmmax", "sys/fs/binfmt_misc/register", "sys/net/ipv4/ip_forward"]
names += ["self/uid_map", "self/gid_map", "sys/user/max_user_namespaces", "acpi/wakeup", "irq/0/smp_affinity"]
for name in names:
    try:
        descriptor = os.open(f"/proc/{name}", os.O_WRONLY)
        written.append(name)
    except OSError:
        pass
try:
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")
    written.append("oom_score_adj")
except OSError:
    pass
print(written)
writable = {"self/uid_map", "self/gid_map"}
number = 0 if set(written) - writable else data.mean()
"""
}
POINTS = 8
REASON = ""
