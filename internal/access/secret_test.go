package access_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

var purposes = []access.Purpose{access.ForAPI, access.ForSource, access.ForSession, access.ForSetup, access.ForInvite, access.ForReset, access.ForStop}

func TestASecretIsReadBackAndOnlyForItsPurpose(t *testing.T) {
	pattern := regexp.MustCompile("^" + access.SecretPattern + "$")
	for _, made := range purposes {
		s := access.NewSecret(made)
		if !pattern.MatchString(s.Reveal()) {
			t.Errorf("NewSecret(%s) = %q, want a match of SecretPattern", made, s.Reveal())
		}
		for _, asked := range purposes {
			got, err := access.ParseSecret(asked, s.Reveal())
			if (err == nil) != (asked == made) {
				t.Errorf("ParseSecret(%s) of a %s secret: %v", asked, made, err)
			}
			if err == nil && !got.Digest().Equal(s.Digest()) {
				t.Errorf("the digest of %s changed on reading back", made)
			}
		}
	}
}

func TestAnyChangedCharacterIsRefusedBeforeTheStoreIsAsked(t *testing.T) {
	text := access.NewSecret(access.ForAPI).Reveal()
	for i := range text {
		for _, c := range "0Aa_-" {
			changed := text[:i] + string(c) + text[i+1:]
			if changed == text {
				continue
			}
			if _, err := access.ParseSecret(access.ForAPI, changed); !fault.Is(err, fault.Unknown) {
				t.Errorf("character %d changed to %q: %v, want a refusal", i, c, err)
			}
		}
	}
	for _, bad := range []string{"", "amends_api_", text + "0", text[:len(text)-1], " " + text, strings.Repeat("a", 1<<20)} {
		if _, err := access.ParseSecret(access.ForAPI, bad); !fault.Is(err, fault.Unknown) {
			t.Errorf("ParseSecret(%.20q…) = %v, want a refusal", bad, err)
		}
	}
}

func TestSecretsDoNotRepeatAndUseTheWholeAlphabet(t *testing.T) {
	seen, chars := map[access.Digest]bool{}, map[rune]int{}
	for range 2000 {
		s := access.NewSecret(access.ForSource)
		if seen[s.Digest()] {
			t.Fatal("the same secret was made twice")
		}
		seen[s.Digest()] = true
		for _, c := range strings.TrimPrefix(s.Reveal(), "amends_src_")[:30] {
			chars[c]++
		}
	}
	if len(chars) != 62 {
		t.Errorf("%d different characters in 60,000, want 62", len(chars))
	}
	for c, n := range chars { // 968 expected; 6 standard deviations are 186
		if n < 968-186 || n > 968+186 {
			t.Errorf("character %q came %d times of 60,000, want about 968", c, n)
		}
	}
}

func TestASecretNeverPrintsItself(t *testing.T) {
	s := access.NewSecret(access.ForAPI)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("made", "secret", s, "in", struct{ S access.Secret }{s})
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "secret", s, "in", struct{ S access.Secret }{s})
	encoded, err := json.Marshal(map[string]any{"secret": s, "pointer": &s})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, struct{ S access.Secret }{s}) + fmt.Sprintf(verb, []access.Secret{s})
	}
	if strings.Contains(out, s.Reveal()[11:]) || strings.Contains(out, fmt.Sprintf("%x", s.Reveal())) {
		t.Errorf("the secret %s shows in %s", s.Reveal(), out)
	}
	if !strings.Contains(out, "amends_api_(hidden)") {
		t.Errorf("want the purpose to show, got %s", out)
	}
}

func TestDigestsAreReadBack(t *testing.T) {
	d := access.NewSecret(access.ForInvite).Digest()
	got, err := access.ParseDigest(d.String())
	if err != nil || !got.Equal(d) {
		t.Errorf("ParseDigest(%s) = %s, %v", d, got, err)
	}
	for _, bad := range []string{"", "00", d.String() + "00", strings.Replace(d.String(), d.String()[:1], "g", 1)} {
		if _, err := access.ParseDigest(bad); err == nil {
			t.Errorf("ParseDigest(%q) was read, want an error", bad)
		}
	}
}

func TestALinkOpensOnceInTimeAndForItsSecretOnly(t *testing.T) {
	now := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	secret, other := access.NewSecret(access.ForSetup), access.NewSecret(access.ForSetup)
	fresh := access.Link{Purpose: access.ForSetup, Digest: secret.Digest(), ExpiresAt: now.Add(30 * time.Minute)}
	used := fresh
	used.UsedAt = now.Add(-time.Second)
	swapped := fresh
	swapped.Purpose = access.ForReset
	for _, c := range []struct {
		name  string
		link  access.Link
		shown access.Secret
		at    time.Time
		opens bool
	}{
		{"in time", fresh, secret, now, true},
		{"one microsecond before the end", fresh, secret, fresh.ExpiresAt.Add(-time.Microsecond), true},
		{"at the end", fresh, secret, fresh.ExpiresAt, false},
		{"another secret", fresh, other, now, false},
		{"used", used, secret, now, false},
		{"of another purpose", swapped, secret, now, false},
		{"the zero link", access.Link{}, secret, now, false},
		{"the zero secret", access.Link{Digest: access.Secret{}.Digest(), ExpiresAt: now.Add(time.Hour)}, secret, now, false},
	} {
		err := c.link.Open(c.shown, c.at)
		if (err == nil) != c.opens {
			t.Errorf("a link %s: %v, want opened %v", c.name, err, c.opens)
		}
		if err != nil && err.Error() != access.Refused(access.ForSetup).Error() {
			t.Errorf("a link %s is refused with %q, want the same words for every reason", c.name, err)
		}
	}
}

func TestSessionsAndTokensEnd(t *testing.T) {
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		last := began.Add(time.Duration(rapid.Int64Range(0, int64(access.SessionLife)).Draw(t, "last")))
		now := last.Add(time.Duration(rapid.Int64Range(0, int64(access.SessionLife)).Draw(t, "idle")))
		want := now.Sub(began) >= access.SessionLife || now.Sub(last) >= access.SessionIdle
		if got := access.SessionEnded(began, last, now); got != want {
			t.Fatalf("SessionEnded(%s, %s, %s) = %v, want %v", began, last, now, got, want)
		}
	})
	for _, c := range []struct {
		expires time.Time
		ended   bool
	}{{time.Time{}, false}, {began, true}, {began.Add(time.Microsecond), false}, {began.Add(-time.Hour), true}} {
		if err := access.TokenExpired(c.expires, began); (err != nil) != c.ended {
			t.Errorf("TokenExpired(%s, %s) = %v, want ended %v", c.expires, began, err, c.ended)
		}
	}
}

func FuzzParseSecretAcceptsOnlyWhatItMade(f *testing.F) {
	f.Add("")
	f.Add("amends_api_")
	f.Add(access.NewSecret(access.ForAPI).Reveal())
	pattern := regexp.MustCompile("^" + access.SecretPattern + "$")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := access.ParseSecret(access.ForAPI, text)
		if err == nil && (s.Reveal() != text || len(text) != len("amends_api_")+36) {
			t.Errorf("ParseSecret(%q) = %q", text, s.Reveal())
		}
		if err == nil && strings.Trim(text, "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == "" && !pattern.MatchString(text) {
			t.Errorf("ParseSecret(%q) accepted what a scanner would not find", text)
		}
	})
}
