# make test         install what is missing, then run every check; ends with a count
# make quick        the tests without browser, PostgreSQL and race detector
# make fmt          format the code
# make screenshots  pictures of the parts of the pages, into ./tmp/screenshots
# make soak         kill a server 10,000 times on each database; takes hours (docs/soak.md)
.DEFAULT_GOAL := test
.PHONY: test quick fmt screenshots soak

test:
	@scripts/test.sh

quick:
	@go vet ./... && go test -json ./... | go run ./scripts/count

fmt:
	@gofmt -w $$(git ls-files '*.go')

screenshots:
	@scripts/test.sh screenshots

soak:
	@scripts/test.sh soak
