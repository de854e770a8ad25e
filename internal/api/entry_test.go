package api

import (
	"encoding/json"
	"testing"

	"amends.dev/client"
	"amends.dev/internal/incident"
)

// A kind of entry that the wire forgets would come out as its head alone.
func TestEveryKindOfEntrySaysSomethingOnTheWire(t *testing.T) {
	full := `{"title":"t","kind":"update","severity":"SEV1","audience":"team","services":["s"],"origin":"self","owner":"m_1","statement":"st","to":"m_2","note":"n","from":"m_1",
		"reason":"r","why":"w","backup":"m_3","n":2,"status":"identified","now":"now","plan":"plan","text":"text","what":"what","expertise":"e","accepted":true,"changed":"c","step":1,
		"due_at":"2026-11-22T12:00:00Z","where":"x","settled":{"n":1,"due_at":"2026-11-22T12:00:00Z","outcome":"kept"},"review":{"n":3,"kind":"review"},"source":"src","group":"g","summary":"sum","firing":true}`
	lists := map[string]string{"promise_reminded": `"owner"`, "promise_missed": `"owner"`, "promise_broken": `"owner"`}
	for _, kind := range incident.FactKinds() {
		text := full
		if to, ok := lists[kind]; ok {
			text = `{"n":2,"kind":"update","step":1,"due_at":"2026-11-22T12:00:00Z","to":[` + to + `],"skipped":1}`
		}
		if kind == "severity_changed" {
			text = `{"from":"SEV2","to":"SEV1","why":"w"}`
		}
		fact, err := incident.DecodeFact(kind, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		head, err := json.Marshal(client.Entry{Kind: kind})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(entryOf(incident.Entry{Fact: fact}, nil, true))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "handover_withdrawn" && len(got) <= len(head) {
			t.Errorf("an entry of kind %s is %s on the wire: nothing of %s", kind, got, text)
		}
	}
}
