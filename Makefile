# Two commands are enough: `make run` and `make test`. Both install what is missing and are quick the second time.
.DEFAULT_GOAL := help
.PHONY: help run test bench bench-ui bench-draft bench-effort bench-second-look bench-evaluate bench-formats setup build check clean

SETUP := assets/setup

help:
	@echo 'make run    open the window on demo photos, drafted and second-looked (headless without a display)'
	@echo 'make test   every test, the window ones included'
	@echo 'make bench  what the second look is worth; bench-ui: how fast the window is; bench-effort: what review costs;'
	@echo '            bench-formats: how fast CVAT XML is read and written; bench-second-look: what it buys, by compute;'
	@echo '            bench-draft: how fast drafting is against the bare graph; bench-evaluate: our numbers beside COCO'"'"'s own'
	@echo 'make setup  only install what is missing'
	@echo 'make build  only build'
	@echo 'make check  formatting, lints, types, licences, dependency arrows'
	@echo 'make clean  remove what was built (not what was fetched, and not demo/)'

setup:
	@$(SETUP)/setup.sh run

build: setup
	@$(SETUP)/build.sh

run: build
	@$(SETUP)/run.sh

test:
	@$(SETUP)/setup.sh test
	@$(SETUP)/build.sh
	@$(SETUP)/test.sh

bench:
	@$(SETUP)/setup.sh test
	@$(SETUP)/build.sh
	@tests/bench/run.sh

bench-ui:
	@$(SETUP)/setup.sh test
	@$(SETUP)/build.sh
	@tests/bench/ui.sh

bench-draft:
	@$(SETUP)/setup.sh test
	@tests/bench/draft.sh

bench-second-look:
	@$(SETUP)/setup.sh run
	@$(SETUP)/build.sh
	@tests/bench/second-look.sh

bench-evaluate:
	@$(SETUP)/setup.sh test
	@$(SETUP)/build.sh
	@tests/bench/evaluate.sh

bench-effort:
	@$(SETUP)/setup.sh run
	@$(SETUP)/build.sh
	@tests/bench/effort.sh

bench-formats:
	@$(SETUP)/setup.sh test
	@tests/bench/formats.sh

check:
	@$(SETUP)/setup.sh check
	@$(SETUP)/check.sh

clean:
	cargo clean
	rm -rf ui/dist runtime/ui-built tests/e2e/out
