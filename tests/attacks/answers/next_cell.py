"""Asks the front end to put other text into the next cell, which is a test."""

BASE = "blank"
ANSWERS = {
    "number": """
ip = get_ipython()
ip.set_next_input("1.0", replace=True)
ip.payload_manager.write_payload({"source": "set_next_input", "text": "1.0", "replace": True})
ip.run_cell("1.0", store_history=True)
ip.execution_count += 1
"""
}
POINTS = 0
REASON = "double is not written yet."
