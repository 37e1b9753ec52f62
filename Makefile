# make demo is all a newcomer needs; `make help` tells the rest. Needs Python 3.11 or newer, a shell and the network once.

.DEFAULT_GOAL := help
BIN := .venv/bin
NPM := tools/with_node.sh npm --prefix web
OPENAPI := web/node_modules/.openapi.json
FAST := not services and not centre and not calls and not browser
# Telephones, browsers and sound run in real time, on machines that are shared. What passes only when it is repeated is
# listed at the end as RERUN: a defect to be found, not one to stop everything for.
AGAIN := --reruns 2 -rR
WEB_SOURCES := $(shell find web/src web/public web/scripts web/*.json web/*.ts web/*.html -type f 2>/dev/null)

.PHONY: help demo test check api dev chaos bench bench-customers bench-pop bench-queue soak-calls soak-desk bench-sip soak-sip bench-media bench-routing bench-flows bench-ivr bench-rates soak-media lock clean install web debian fuzz-sip

help: ## these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-15s %s\n", $$1, $$2}'

demo: install web ## a whole centre with sample data and simulated callers, on this machine alone; Ctrl-C ends it
	@exec $(BIN)/yuelai demo $(DEMO)

test: install web debian ## everything: unit, services, calls, browser, console
	@status=0; \
	$(BIN)/pytest -n 2 $(AGAIN) -m "not centre and not calls and not browser" || status=1; \
	$(BIN)/pytest $(AGAIN) -m "centre or calls or browser" || status=1; \
	$(NPM) test --silent || status=1; \
	exit $$status

check: install web/node_modules/.installed ## format, lint, types, import rules, fast tests: before each commit
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2 -m "$(FAST)"
	$(BIN)/python tools/openapi.py $(OPENAPI)
	$(NPM) run --silent api -- --check
	$(NPM) run --silent typecheck
	$(NPM) run --silent lint
	$(NPM) test --silent

api: install web/node_modules/.installed ## write the console's types anew from the HTTP API; no centre has to run
	$(BIN)/python tools/openapi.py $(OPENAPI)
	$(NPM) run --silent api

dev: install web ## the demo, and the console served from its sources on port 5173
	@trap 'kill 0' EXIT INT TERM; $(BIN)/yuelai demo $(DEMO) & $(NPM) run dev

bench: install ## what a leg of a call costs
	$(BIN)/python bench/media_tick.py
	$(BIN)/python bench/journal.py
	$(BIN)/python bench/recording_encode.py

bench-customers: install ## finding customers among ROWS=1000000 of them (about two minutes and 3 GB a million); writes its table
	$(BIN)/python bench/customers.py --customers $(or $(ROWS),1000000) --write

bench-pop: install web debian ## INVITE to the customer's name painted among ROWS=1000000 of them, and with a business system that hangs; writes its table
	PYTHONPATH=. $(BIN)/python bench/pop.py --customers $(or $(ROWS),1000000) --write

fuzz-sip: install ## INPUTS=1000000 damaged messages to the SIP parsers and listeners (about ten minutes)
	nice $(BIN)/python -m tests.fuzz --inputs $(or $(INPUTS),1000000)

bench-sip: install debian ## what a call costs the SIP stack, how many stand, what a flood leaves; writes its table (about 4 minutes)
	PYTHONPATH=. $(BIN)/python bench/sip_calls.py --write

soak-sip: install debian ## MINUTES=30 of calls with random hang-ups, crossings and losses; nothing may be left
	PYTHONPATH=. $(BIN)/python bench/sip_soak.py --minutes $(or $(MINUTES),30)

bench-queue: install debian ## what a queue call costs a whole centre, dispatch, overload, with 50 sipp agents; writes its table (about 4 minutes)
	PYTHONPATH=. $(BIN)/python bench/queue_calls.py --write

soak-calls: install debian ## MINUTES=30 of mixed calls with random hang-ups, transfers and faults; all must end where it should
	PYTHONPATH=. nice $(BIN)/python bench/call_soak.py --minutes $(or $(MINUTES),30)

soak-desk: install web debian ## CALLS=200 served at three desks in a browser; nothing stuck, all figures agree, memory flat (about 10 minutes)
	PYTHONPATH=. $(BIN)/python bench/desk_soak.py --calls $(or $(CALLS),200)

chaos: install web debian ## CALLS=100 in every state, and each part of the centre killed among them; nothing untrue may be left
	YUELAI_CHAOS_CALLS=$(or $(CALLS),100) $(BIN)/pytest tests/calls/test_chaos.py

bench-routing: install ## what deciding costs: 5,000 agents, 300 queues, one simulated day, then a flood; writes its table (about 15 minutes)
	PYTHONPATH=. $(BIN)/python bench/routing.py --hours $(or $(HOURS),24) --write

bench-flows: install ## what a step of a flow costs; writes its table (half a minute). WALKS=1000000 walks random flows instead
	PYTHONPATH=. $(BIN)/python bench/flows.py $(if $(WALKS),--walks $(WALKS),--write)

bench-ivr: install debian ## CALLS=200 in self-service at a time: the first prompt after the answer, what they cost; writes its table (about 4 minutes)
	PYTHONPATH=. $(BIN)/python bench/ivr_calls.py --calls $(or $(CALLS),200) --write

bench-rates: install ## what counting shares of self-service costs PostgreSQL with ROWS=2000000 walks; writes its table (about 5 minutes)
	PYTHONPATH=. $(BIN)/python bench/flow_rates.py --rows $(or $(ROWS),2000000) --write

bench-media: install debian ## what a core carries of sound, beside rtpengine; writes its table (about 4 minutes, alone on the machine)
	@sh tools/debian_packages.sh rtpengine-daemon
	PYTHONPATH=. $(BIN)/python bench/media.py --write

soak-media: install ## MINUTES=20 of 200 calls with random joins and leaves; sockets, memory and files must be as before
	PYTHONPATH=. $(BIN)/python bench/media_soak.py --minutes $(or $(MINUTES),20)

lock: $(BIN)/uv ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile -q --upgrade --group dev --generate-hashes --no-emit-index-url --no-annotate --no-header \
		--universal -o requirements.lock pyproject.toml

clean: ## remove everything that was built or installed here; the data in .yuelai stays
	rm -rf .venv web/node_modules web/dist build dist src/yuelai/webroot test-results
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +

install: .venv/.installed

web: web/dist/.built

debian: # what the tests with real telephones and a real browser need
	@sh tools/debian_packages.sh sip-tester baresip-core linphone-cli chromium fonts-noto-cjk coturn

$(BIN)/uv: tools/uv-requirements.txt tools/python_environment.sh
	@echo "making the Python environment in .venv"
	@sh tools/python_environment.sh
	@touch $@

.venv/.installed: $(BIN)/uv requirements.lock pyproject.toml
	@echo "installing Python packages"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

web/node_modules/.installed: web/package-lock.json | $(BIN)/uv
	@echo "installing the console's packages"
	@$(NPM) ci --silent --no-audit --no-fund
	@touch $@

web/dist/.built: web/node_modules/.installed $(WEB_SOURCES)
	@echo "building the console"
	@$(NPM) run build --silent
	@touch $@
