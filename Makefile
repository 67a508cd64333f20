.PHONY: book serve test calibration attack durability lint demo bench bench-grading lock clean

VENV := .venv/bin
PYTHON = $(VENV)/python

book: .venv/ready
	@$(PYTHON) book/build.py

serve: book
	@echo "Reading on http://localhost:8000 (Ctrl-C to stop)"
	@$(PYTHON) -m http.server 8000 --bind 127.0.0.1 --directory _build/html

test: .venv/ready lint
	$(PYTHON) -m pytest -n auto --dist loadgroup --ignore tests/attacks
	@# By themselves: some of them are about time.
	$(PYTHON) -m pytest tests/attacks

# Engines and PyMC models by simulation-based calibration; the checks by honest submissions.
calibration: .venv/ready
	$(PYTHON) -m pytest -n logical -m calibration tests --durations=0

# Every attack on the grader that we know, and what became of it.
attack: .venv/ready
	$(PYTHON) -m tests.attacks.table

# Kills each kind of the grader's processes at random moments, fifty times; fills its disk; grades a large class.
durability: .venv/ready
	$(PYTHON) -m pytest -n logical -m durability tests/grading

lint: .venv/ready
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy

demo: .venv/ready
	rm -rf _build/demo
	$(VENV)/hbcourse demo _build/demo

# This package beside its peers, in one process; writes benchmarks/RESULTS.md.
bench: .venv/ready
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 $(PYTHON) benchmarks/run.py

# The grader beside nbgrader's own, on the same classes; writes benchmarks/GRADING.md.
bench-grading: .venv/ready
	$(PYTHON) benchmarks/grading.py

# The pinned versions in requirements.txt, made anew from pyproject.toml. Needs uv.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.12 --no-header --no-annotate --upgrade --output-file requirements.txt

.venv/ready: requirements.txt pyproject.toml make_venv.sh
	@./make_venv.sh
	@touch $@

clean:
	rm -rf _build book/claims.md book/downloads
