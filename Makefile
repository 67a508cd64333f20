.PHONY: book serve test calibration pages attack durability fuzz mutants lint demo bench bench-grading lighthouse certify lock clean

VENV := .venv/bin
PYTHON = $(VENV)/python
# What hbcourse check and release import.
CHECKED = -p hbcourse.check -p hbcourse.grading.handin -m hbcourse.cli -m hbcourse.grading.selfcheck \
	-m hbcourse.grading.streams -m hbcourse.grading.faults -m hbcourse.grading.notes -m hbcourse.grading.marks.parts -m hbcourse.grading.course.release

book: .venv/ready
	@$(PYTHON) book/build.py

serve: book
	@echo "Reading on http://localhost:8000 (Ctrl-C to stop)"
	@$(PYTHON) -m http.server 8000 --bind 127.0.0.1 --directory _build/html

# Several processes share the processors; each with threads of its own would wait for the others' threads.
book test calibration durability: export OMP_NUM_THREADS = 1
book test calibration durability: export OPENBLAS_NUM_THREADS = 1

test: .venv/ready lint
	$(PYTHON) -m pytest -n auto --dist loadgroup --ignore tests/attacks
	@# By themselves: some of them are about time. Every twelfth, `make attack` tries all.
	$(PYTHON) -m pytest tests/attacks

# Engines and PyMC models by simulation-based calibration; the checks by honest submissions.
calibration: .venv/ready
	$(PYTHON) -m pytest -n logical -m calibration tests --durations=0

# Every page in a browser: axe-core in both schemes, every width, weight, layout shift, links; and its code by itself.
pages: book
	$(PYTHON) -m pytest -n logical -m "pages or not pages" tests/test_pages.py tests/test_links.py tests/test_visible.py

# Every attack on the grader that we know, and what became of it.
attack: .venv/ready
	$(PYTHON) -m tests.attacks.table

# Kills each kind of the grader's processes at random moments, fifty times; fills its disk; grades a large class; and
# takes the rest of long series.
durability: .venv/ready
	$(PYTHON) -m pytest -n logical -m durability tests

# Mutates handed-in notebooks for a minute, or `make fuzz FUZZ=1000000` of them.
FUZZ := 60s
fuzz: .venv/ready
	$(PYTHON) -m tests.grading.fuzz $(FUZZ)

# Mutates every model solution, judges the mutants with the exercises' checks, lists those that pass.
mutants: .venv/ready
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(PYTHON) -m tests.check.mutants

lint: .venv/ready
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/mypy --explicit-package-bases exercises/*/checks.py
	@# What students run on other systems.
	for system in win32 darwin; do $(VENV)/mypy --platform $$system --cache-dir .mypy_cache/$$system $(CHECKED) || exit; done

demo: .venv/ready
	rm -rf _build/demo
	$(VENV)/hbcourse demo _build/demo

# This package beside its peers, in one process; writes benchmarks/RESULTS.md.
bench: .venv/ready
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 $(PYTHON) benchmarks/run.py

# The grader beside nbgrader's own, on the same classes; writes benchmarks/GRADING.md.
bench-grading: .venv/ready
	$(PYTHON) benchmarks/grading.py

# Scores, weight and layout shift of some pages, on a phone and on a desktop. Needs npm and Chromium.
RUNS := 5
lighthouse: book
	@command -v npm >/dev/null || { \
		echo "Lighthouse needs npm: on Debian and Ubuntu, install it with: apt-get install nodejs npm" >&2; exit 1; }
	@mkdir -p _build/lighthouse && cp benchmarks/lighthouse/* _build/lighthouse
	@cd _build/lighthouse && npm install --no-package-lock --no-audit --no-fund --silent && node run.js ../html $(RUNS)

# The certified posteriors, by two methods that share no code; writes hbcourse/certified/posteriors.json.
certify: .venv/ready
	$(PYTHON) benchmarks/certify.py

# The pinned versions in requirements.txt, made anew from pyproject.toml. Needs uv.
lock:
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.12 --no-header --no-annotate --upgrade --output-file requirements.txt

.venv/ready: requirements.txt pyproject.toml make_venv.sh
	@./make_venv.sh
	@touch $@

clean:
	rm -rf _build book/claims.md book/downloads
