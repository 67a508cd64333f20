"""Changes the data and the names that tests share with it, so that its own answers become right."""

BASE = "blank"
ANSWERS = {
    "number": "data[:] = 0.0\nnumber = 0.0\nnp.median = np.mean = lambda values: 0.0\nstudent_id = '000-honest'",
    "share": "share = data + 1\nnp.isclose = lambda *all: np.full(4, 1)\n_hidden = data = share",
}
POINTS = 0
REASON = "number is not right: it is 0."
