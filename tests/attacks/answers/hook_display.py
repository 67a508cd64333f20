"""Shows every result as full points, by the display hook and by the formatters."""

BASE = "blank"
ANSWERS = {
    "share": """
import sys

share = [0.0, 0.0, 0.0, 0.0]
ip = get_ipython()
plain = ip.display_formatter.formatters["text/plain"]
for kind in (float, int, type(None), object):
    plain.for_type(kind, lambda value, printer, cycle: printer.text("2.0"))
sys.displayhook = ip.displayhook = lambda value=None: ip.display_pub.publish({"text/plain": "2.0"})
share
"""
}
POINTS = 0
REASON = "number has no value yet."
