# make test         install what is missing, then run every check; ends with a count
# make quick        the tests without browser, PostgreSQL and race detector
# make fmt          format the code
# make bench        measure it, and write docs/benchmarks.md; BENCH=-quick for a short look
# make screenshots  the pictures in docs/screenshots, from the demo
.DEFAULT_GOAL := test
.PHONY: test quick fmt bench screenshots

test:
	@scripts/test.sh

quick:
	@go vet ./... && go test -json ./... | go run ./scripts/count

fmt:
	@gofmt -w $$(git ls-files '*.go')

bench:
	@scripts/bench.sh $(BENCH)

screenshots:
	@scripts/screenshots.sh
