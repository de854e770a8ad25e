package api_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"amends.dev/internal/access"
	"amends.dev/internal/api"
)

var update = flag.Bool("update", false, "write docs/api.md from the table of routes")

const manual = "../../docs/api.md"

const above = `# The JSON API

Everything that the pages do can be done by a program. The API stands under ` + "`/api/v1`" + `; its exact
shapes are in the OpenAPI 3.1 document that every server serves at ` + "`/api/v1/openapi.json`" + ` and
` + "`/api/v1/openapi.yaml`" + `, made from the code that answers. ` + "`amends.dev/client`" + ` is a small Go client.

## Who is asking

Send ` + "`Authorization: Bearer SECRET`" + `. The secret is an API token (Settings, Tokens), which acts as its
owner within its scopes, or that of a session from ` + "`POST /api/v1/session`" + `, which acts as the member.
Members, tokens and imports take a person: no token may change them. Cookies open nothing here. Without
a secret you get what is public.

` + "```" + `
curl -H "Authorization: Bearer $AMENDS_TOKEN" https://amends.example.org/api/v1/status
curl -H "Authorization: Bearer $AMENDS_TOKEN" -H "Idempotency-Key: $(uuidgen)" \
     --json '{"now":"About 1 in 9 card payments fails.","plan":"Move to the second provider.","next":"30m"}' \
     https://amends.example.org/api/v1/incidents/17/updates
` + "```" + `

## Saying when

Times in answers are RFC 3339 in UTC. Times in commands (` + "`next`, `review_by`, `started_at`" + `) are read as
people write them: ` + "`30m`, `16:30`, `tomorrow 09:00`, `2026-11-22T16:30:00Z`" + `. A clock time is meant in
` + "`zone`" + `, else in your zone, else in the team's.

## Sending twice

Every POST takes an ` + "`Idempotency-Key`" + ` of your choice. The same key gets the first answer again, byte by
byte, with ` + "`Idempotency-Replayed: true`" + `; the same key for another request is a conflict. Keys are yours
alone and are kept for seven days. The answer to a command on an incident is kept in the transaction that
did it; the answer to a change of settings right after it. An answer with a secret in it is not kept: its
repeat is a conflict that says so.

## Two people at once

An incident's ` + "`ETag`" + ` is its version. Send it back as ` + "`If-Match`" + ` with a command, and a newer version is
answered with 409 and its number. An update may carry ` + "`seen`" + `, the number of the latest update you read:
then only a newer update stands in the way, not a note.

## Refusals

Refusals are problems as RFC 9457 writes them (` + "`application/problem+json`" + `): ` + "`detail`" + ` says what to do,
` + "`fields`" + ` names every input at fault, ` + "`kind`" + ` is one word to branch on.

| status | kind | what happened |
|---|---|---|
| 400, 413, 415 | invalid | it cannot be read: no JSON, too long, another type |
| 401 | unknown | no secret, or one that opens nothing |
| 403 | forbidden | your role or the token's scopes do not allow it |
| 404 | missing | it is not there, or you may not know of it; the two read alike |
| 409 | conflict | something newer stands in the way |
| 422 | invalid | some entries need another value |
| 429, 503 | busy | nothing was stored; wait ` + "`Retry-After`" + ` seconds |
| 500 | internal | our fault; nothing was changed |

## Lists

Lists have ` + "`limit`" + ` and go on by key: follow ` + "`Link: <…>; rel=\"next\"`" + `, or ask with ` + "`before`" + ` or ` + "`after`" + ` as the
page says.

## Alerts

Alert senders post elsewhere, with the key of their source (Settings, Sources): Prometheus Alertmanager to
` + "`/in/alertmanager/KEY`" + `, clients of the PagerDuty Events API v2 to ` + "`/in/pagerduty/v2/enqueue`" + ` or
` + "`/v2/enqueue`" + ` with the key as ` + "`routing_key`" + `, anything else to ` + "`/in/generic/KEY`" + `. The key may stand in
` + "`Authorization: Bearer`" + ` instead. 2xx is answered after the alert stands on disk; 429 means that more
comes than the server takes, and that it should be sent again.

## Supervision

` + "`/healthz`" + ` answers while the process lives. ` + "`/readyz`" + ` is red when the database does not answer or the
promise watch has not looked for a minute. ` + "`/metrics`" + ` has figures for Prometheus; they name nobody and
quote nothing.

## Operations

The role is the least that may; with a token, one of the scopes is needed too.

| operation | address | role | scopes |
|---|---|---|---|
`

func TestTheManualListsEveryOperation(t *testing.T) {
	rows := map[access.Permission]access.Row{}
	for _, row := range access.Table() {
		rows[row.Permission] = row
	}
	var b strings.Builder
	b.WriteString(above)
	for _, r := range api.Routes() {
		row := rows[r.Need]
		role, scopes := row.Role.String(), row.Scopes.String()
		if row.Role == access.NoRole {
			role, scopes = "anybody", ""
		} else if scopes == "" {
			scopes = "(a person)"
		}
		fmt.Fprintf(&b, "| %s | `%s %s` | %s | %s |\n", r.Says, r.Method, r.Path, role, scopes)
	}
	if *update {
		if err := os.WriteFile(manual, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("docs/api.md does not say what the table of routes says; run go test ./internal/api -run Manual -update")
	}
}
