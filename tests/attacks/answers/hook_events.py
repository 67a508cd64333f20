"""Looks at each cell before it runs and at its result afterwards, to print the tests and to undo their failures."""

BASE = "blank"
ANSWERS = {
    "number": """
ip = get_ipython()

def before(info):
    print(info.raw_cell)

def after(result):
    result.error_in_exec = result.error_before_exec = None

ip.events.register("pre_run_cell", before)
ip.events.register("pre_execute", lambda: print(ip.history_manager.input_hist_raw[-1]))
ip.events.register("post_run_cell", after)
ip.events.register("post_execute", lambda: ip.user_ns.update(number=10.0 * 0))
"""
}
POINTS = 0
REASON = "number is not right: it is 0."
