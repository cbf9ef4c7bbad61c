# Two commands do everything on a fresh machine with Python 3.11 or later:
#   make demo    sets up, runs the demo study, prints where the report is
#   make test    sets up, runs the tests
.DELETE_ON_ERROR:
.PHONY: attack cluster-setup cluster-test parquet-test demo test test-thorough check setup format fuzz crash-test coverage-study error-study missing-study doctor-study linkage-study bench bench-cohort bench-large bench-scoring bench-reading bench-scale bench-models bench-peers r-check mutation generate messages golden lock browser-setup axe-setup metamorphic docs notebooks newcomer pictures clean help determinism injection wheel-test soak sbom licences audit

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup-stamp
DOCS_STAMP := $(VENV)/.docs-stamp
NOTEBOOKS_STAMP := $(VENV)/.notebooks-stamp
CLUSTER_STAMP := $(VENV)/.cluster-stamp
PARQUET_STAMP := $(VENV)/.parquet-stamp
# Further locks are installed on top: they agree with the first.
install = if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(1); fi
# The everyday tests, in parallel, the longest file first; slow batteries have targets of their own.
PYTEST := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

PARQUET_TESTS := tests/unit/ingest/test_parquet.py tests/unit/test_tables.py tests/unit/ingest/test_platform_studies.py

help: ## List the targets.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

demo: $(STAMP) ## Set up, run the demo study, print where the report is.
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/balint-eval run config/config.yaml

test: $(STAMP) ## Set up, run the everyday tests.
	$(PYTEST) -m "not slow and not thorough" tests/workflow tests

test-thorough: $(STAMP) ## More examples of what the everyday tests try; CI runs them too.
	$(PYTEST) -m thorough

check: $(STAMP) ## Format, lint, types, workflow lint.
	$(BIN)/ruff format --check src tests docs notebooks
	$(BIN)/ruff check src tests docs notebooks
	$(BIN)/mypy
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakefmt --check workflow
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --lint

setup: $(STAMP) ## Make the virtual environment from the hash-pinned lock.

# Warnings are errors, and every reference must lead somewhere. The pages open from the disk and fetch nothing.
docs: $(DOCS_STAMP) ## Build the documentation site, offline and strict: docs/_build/html/index.html.
	$(BIN)/sphinx-build -q -n -W --keep-going -b html docs docs/_build/html
	@echo "The site: docs/_build/html/index.html"

notebooks: $(NOTEBOOKS_STAMP) ## Make each notebook from its script, without outputs, and execute all of them.
	$(BIN)/jupytext --quiet --update --to ipynb notebooks/*.py
	$(BIN)/python -m pytest -q tests/pages/test_notebooks.py

$(NOTEBOOKS_STAMP): requirements/notebooks.txt $(STAMP)
	@$(call install,-r requirements/notebooks.txt)
	@touch $@

cluster-setup: ## Install SLURM and munge by package name (needs root on Debian); nothing is started.
	apt-get update -q && apt-get install -y -q --no-install-recommends slurmctld slurmd slurm-client munge

# COHORTS=60 tries fewer.
cluster-test: $(CLUSTER_STAMP) ## 200 cohorts through a real SLURM on this computer, two jobs killed: same bytes as without.
	COHORTS=$(or $(COHORTS),200) $(BIN)/python -m pytest -q -rs tests/cluster

$(CLUSTER_STAMP): requirements/cluster.txt $(STAMP)
	@$(call install,-r requirements/cluster.txt)
	@touch $@

# Arrow stays installed: whatever runs after it runs beside it.
parquet-test: $(PARQUET_STAMP) ## Exports and tables in Parquet, with the extra `parquet`, and files of it mutated.
	$(PYTEST) -rs $(PARQUET_TESTS)
	$(BIN)/python tests/fuzz/battery.py --files $(or $(FILES),200)

$(PARQUET_STAMP): requirements/parquet.txt $(STAMP)
	@$(call install,-r requirements/parquet.txt)
	@touch $@

newcomer: $(STAMP) ## The README's words in a bare clone, from nothing to reports of one's own data, into docs/newcomer.md.
	$(BIN)/python tests/newcomer/walk.py

pictures: $(STAMP) ## Take the pictures of the tutorials again (needs Chromium; the educator's page comes from results/demo).
	$(BIN)/python docs/make_pictures.py

$(DOCS_STAMP): requirements/docs.txt $(STAMP)
	@$(call install,-r requirements/docs.txt)
	@touch $@

# uv is used when it is there and never needed: the lock file is the same.
$(STAMP): requirements/dev.txt pyproject.toml
	@echo "Setting up in $(VENV) (one to three minutes, once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "balint-eval needs Python 3.11 or later")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@$(BIN)/python -m compileall -q src
	@touch $(STAMP)

format: $(STAMP) ## Format everything.
	$(BIN)/ruff format src tests docs notebooks
	$(BIN)/ruff check --fix src tests docs notebooks
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakefmt workflow

generate: $(STAMP) ## Rewrite what is generated: schema, key reference, table reference.
	$(BIN)/python -m balint_eval.reference

messages: $(STAMP) ## Gather the sentences of reports and figures into the catalogues of all languages, and compile them.
	$(BIN)/python -m balint_eval.language.messages

golden: $(STAMP) ## Keep the demo's reports anew in tests/golden: read the difference before it is committed.
	GOLDEN=write $(BIN)/python -m pytest -q tests/workflow/test_workflow.py -k as_kept

coverage-study: $(STAMP) ## 10,000 simulated studies of the demo's design: coverage of the intervals, into docs/.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/coverage_study.py --replications 10000 --write docs/coverage.md

error-study: $(STAMP) ## 10,000 simulated studies a cell in which nothing changes: type-I errors, into docs/.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/error_study.py --replications 10000 --write docs/type_one_error.md

missing-study: $(STAMP) ## 300 simulated studies a cell with people lost: errors of imputed scores, into docs/.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/missing_study.py --replications 300 --write docs/missing_study.md

doctor-study: $(STAMP) ## 1,000 simulated questionnaires with one planted fault each, and as many without, into docs/.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/doctor_study.py --questionnaires 1000 --write docs/doctor.md

linkage-study: $(STAMP) ## 600,000 simulated people linked by self-made codes: true pairs found, false links made, into docs/.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/linkage_study.py --people 30000 --write docs/linkage.md

# PARTS="cohort growth" runs some; COHORTS="1 10 100 1000" and PEOPLE="10000 100000" choose sizes.
bench: $(STAMP) ## Every benchmark in one table, beside R and growing: printed, and into docs/scale.md (an hour).
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench.py $(if $(PARTS),--parts $(PARTS)) \
		$(if $(COHORTS),--cohorts $(COHORTS)) $(if $(PEOPLE),--people $(PEOPLE)) --write docs/scale.md

# PEOPLE="10000 100000" tries fewer.
bench-large: $(STAMP) ## Read, check, link, score, compare 1,000,000 people x 60 items x 2 waves in 1,000 cohorts.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_large.py $(if $(PEOPLE),--people $(PEOPLE))

bench-scoring: $(STAMP) ## Score 1,000,000 people x 60 items x 2 waves: time and memory, beside numpy's floor.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_scoring.py

bench-reading: $(STAMP) ## Read 1,000,000 x 60 of CSV, 50,000 x 62 of XLSX and ODS: time and memory, beside pandas and openpyxl.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_reading.py

# COHORTS="10 100 1000" tries others; EACH=1 writes a page for each cohort too.
bench-scale: $(STAMP) ## Many cohorts through `balint-eval run`: first run, nothing to do, one changed answer, one cohort more.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_scale.py $(if $(EACH),--each-cohort) --cohorts $(or $(COHORTS),1 10 100)

bench-cohort: $(STAMP) ## One cohort through `run` and `evaluate` beside an R script that does the same job (R optional).
	$(BIN)/python tests/benchmarks/bench_cohort.py --repeats $(or $(REPEATS),1)

bench-peers: $(STAMP) ## The statistics of one outcome beside pingouin and statsmodels in a loop, with the same numbers.
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_peers.py

bench-models: $(STAMP) ## Mixed models with Kenward-Roger beside lmerTest, batched fits, power by simulation (R optional).
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python tests/benchmarks/bench_models.py

# SEED=7 draws others; the committed hardest twenty of seed 1 are in the everyday tests.
r-check: $(STAMP) ## Mixed models and CR2 on 60 awkward drawn data sets beside lmerTest, pbkrtest, clubSandwich (needs R).
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/simulation/r_check.py --sets $(or $(SETS),60) --seed $(or $(SEED),1)

# FILES=500 tries the first 500, always the same; CI does that. WORKERS=1 leaves the other cores alone.
fuzz: $(STAMP) ## 10,000 mutated CSV, XLSX, ODS and YAML files: no traceback, none slow or large; failures are kept.
	$(BIN)/python tests/fuzz/battery.py --files $(or $(FILES),10000) --workers $(or $(WORKERS),2) --keep fuzz-failures

# KILLS=3 FULL=3 ONLY="two_runs" tries three of each, and one of the others; CI does that. SEED=2 chooses other moments.
crash-test: $(STAMP) ## Kill -9 at 20 moments, full disk at 10 points, two runs at once: the same command then completes, with the same bytes.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/crash/battery.py --kills $(or $(KILLS),20) --full $(or $(FULL),10) \
		--seed $(or $(SEED),1) $(if $(ONLY),--only $(ONLY))

# PROGRAMMES=50 draws fewer; UNPROTECTED=1 hides nothing and shows what the attacks then recover.
attack: $(STAMP) ## Release 500 drawn programmes and attack what is released: figures on fewer than eight people must stay hidden.
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/attack/suite.py --programmes $(or $(PROGRAMMES),500) $(if $(UNPROTECTED),--unprotected)

soak: $(STAMP) ## 200 evaluations in one process: memory grows by less than 5 %, no file stays open.
	$(BIN)/python tests/crash/soak.py --evaluations $(or $(EVALUATIONS),200)

sbom: $(STAMP) ## Software bill of materials (CycloneDX) of what a run needs, from the hash-pinned lock, into sbom.json.
	@test -x .tools/sbom/bin/cyclonedx-py || ($(PYTHON) -m venv .tools/sbom && .tools/sbom/bin/pip install --quiet cyclonedx-bom)
	.tools/sbom/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible -o sbom.json

licences: $(STAMP) ## Licences of what a run needs, into docs/licences.md; fails where one is unknown or unfit for GPL-3.0-or-later.
	$(BIN)/python tests/crash/licences.py --write docs/licences.md

audit: $(STAMP) ## Known vulnerabilities of what a run needs; says so when the advisory service cannot be reached.
	@test -x .tools/audit/bin/pip-audit || ($(PYTHON) -m venv .tools/audit && .tools/audit/bin/pip install --quiet pip-audit)
	$(BIN)/python tests/crash/audit.py .tools/audit/bin/pip-audit

# SETTINGS=2 tries the first two; CI does that.
determinism: $(STAMP) ## Same bytes in 8 settings of time zone, locale, hash seed, cores, folder, rights and home.
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/crash/determinism.py --settings $(or $(SETTINGS),8)

# STUDIES=5 moves the strings on ten places at a time.
injection: $(STAMP) ## 50 strings that would run as script, formula or template, in every text of a study, opened in Chromium.
	$(BIN)/python tests/injection/injection_battery.py --studies $(or $(STUDIES),50)

metamorphic: $(STAMP) ## Draw 1,000 examples of each relation that must hold whatever the data.
	METAMORPHIC_EXAMPLES=1000 $(PYTEST) --dist load tests/reference/test_metamorphic.py

# SAMPLE=20 tries 20 mutants of each module, always the same; MODULES="scoring.py" tries one; MINIMUM=90 asks for less.
mutation: $(STAMP) ## Do the tests notice wrong versions of scoring, doctor, linkage, disclosure, reliability? Scores and survivors.
	$(BIN)/python -u tests/mutation/run.py $(MODULES) --sample $(or $(SAMPLE),0) --minimum $(or $(MINIMUM),95) \
		$(if $(OWN),--own) $(if $(WRITE),--write $(WRITE))

wheel-test: $(STAMP) ## Build the wheel, install it by hash into an empty environment, run the demo from it offline.
	$(BIN)/python tests/wheel/try_wheel.py

axe-setup: ## Fetch axe-core, which judges the accessibility of pages, by package name (needs npm).
	npm install --silent --no-save --no-audit --no-fund --prefix .tools axe-core@4.14.1

browser-setup: ## Install headless Chromium and fonts by package name (needs root on Debian).
	apt-get update -q && apt-get install -y -q chromium fonts-dejavu-core

lock: ## Solve the lock again, with a week of cooling-off (needs uv).
	uv pip compile pyproject.toml --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
		--exclude-newer "$$(date -u -d '7 days ago' +%F)" --no-header -q -o requirements/run.txt
	uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
		--exclude-newer "$$(date -u -d '7 days ago' +%F)" -c requirements/run.txt --no-header -q -o requirements/dev.txt
	for extra in docs notebooks cluster parquet; do \
		uv pip compile pyproject.toml --extra $$extra --generate-hashes --no-emit-index-url --universal --python-version 3.11 \
			--exclude-newer "$$(date -u -d '7 days ago' +%F)" -c requirements/dev.txt --no-header -q -o requirements/$$extra.txt; \
	done

clean: ## Remove the environment, caches and results.
	rm -rf $(VENV) .snakemake .pytest_cache .mypy_cache .ruff_cache results
