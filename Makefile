# make test         install what is missing, then run every check; ends with a count
# make quick        the tests without browser, PostgreSQL and race detector
# make fmt          format the code
# make bench        measure it, and write docs/benchmarks.md; BENCH=-quick for a short look
# make soak         kill a server 10,000 times on each database; takes hours (docs/soak.md)
# make screenshots  the pictures in docs/screenshots, from the demo
.DEFAULT_GOAL := test
.PHONY: test quick fmt bench soak screenshots

test:
	@scripts/test.sh

quick:
	@go vet ./... && go test -json ./... | go run ./scripts/count

fmt:
	@gofmt -w $$(git ls-files '*.go')

bench:
	@scripts/bench.sh $(BENCH)

soak:
	@scripts/test.sh soak

screenshots:
	@scripts/screenshots.sh
