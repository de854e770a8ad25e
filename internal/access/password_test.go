package access_test

import (
	"strings"
	"testing"

	"amends.dev/internal/access"
	"amends.dev/internal/fault"
)

func TestAPasswordMatchesItsOwnHashOnly(t *testing.T) {
	const password = "correct horse battery"
	stored, err := access.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("HashPassword = %q, want a PHC string with OWASP's costs", stored)
	}
	again, err := access.HashPassword(password)
	if err != nil || again == stored {
		t.Errorf("the second hash = %q, %v; want another salt", again, err)
	}
	for shown, want := range map[string]bool{
		password: true, "correct horse batterz": false, password + " ": false, "": false,
		strings.Repeat("x", 1<<20): false,
	} {
		if got := access.PasswordMatches(stored, shown); got != want {
			t.Errorf("PasswordMatches(%.30q) = %v, want %v", shown, got, want)
		}
	}
	if access.NeedsRehash(stored) {
		t.Error("a new hash needs no rehash")
	}
}

func TestAHashOfAnotherMakerIsReadAndMadeAnew(t *testing.T) {
	// The reference implementation's own test vector: argon2id, v=19, t=2,
	// m=2^16, p=1, password "password", salt "somesalt".
	const stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !access.PasswordMatches(stored, "password") {
		t.Error("the reference vector does not match")
	}
	if !access.NeedsRehash(stored) {
		t.Error("a hash with other costs is not marked for a new one")
	}
}

func TestAccentsMatchHoweverTheyAreTyped(t *testing.T) {
	stored, err := access.HashPassword("caf\u00e9 am Dienstag")
	if err != nil {
		t.Fatal(err)
	}
	if !access.PasswordMatches(stored, "cafe\u0301 am Dienstag") {
		t.Error("the same letters from another keyboard do not match")
	}
}

func TestAWeakPasswordIsRefusedWithTheNextStep(t *testing.T) {
	for _, c := range []struct{ password, say string }{
		{"", "Use at least 12 characters"},
		{"elevenchars", "Use at least 12 characters"},
		{"ééééééééééé", "Use at least 12 characters"},
		{strings.Repeat("ab", 200), "Use at most 256 characters"},
		{"aaaaaaaaaaaaaa", "repeats too few characters"},
		{"121212121212", "repeats too few characters"},
		{"ana@example.org", "not your address"},
		{"ANA@example.org", "not your address"},
		{"a\xff\xfe long enough", "not text"},
	} {
		_, say, fields := fault.Public(access.CheckPassword(c.password, "ana@example.org", ""))
		if len(fields) != 1 || fields[0].Name != "password" || !strings.Contains(say, c.say) {
			t.Errorf("CheckPassword(%.20q) says %q %v, want %q at the field password", c.password, say, fields, c.say)
		}
	}
	if err := access.CheckPassword("twelve chars", "ana@example.org"); err != nil {
		t.Errorf("CheckPassword(twelve chars) = %v, want nil", err)
	}
	if _, err := access.HashPassword("short"); err == nil {
		t.Error("HashPassword made a hash of a refused password")
	}
}

func TestAnUnreadableHashMatchesNothing(t *testing.T) {
	for _, stored := range []string{
		"", "password", "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=19456,t=2,p=1$$",
	} {
		for _, shown := range []string{"", "password", "correct horse battery"} {
			if access.PasswordMatches(stored, shown) {
				t.Errorf("PasswordMatches(%q, %q) = true, want false", stored, shown)
			}
		}
	}
}

// The two benchmarks must cost the same: compare them to see that an answer
// does not tell who has an account.
func BenchmarkSignInKnownMember(b *testing.B) {
	stored, err := access.HashPassword("correct horse battery")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		access.PasswordMatches(stored, "wrong horse battery")
	}
}

func BenchmarkSignInUnknownMember(b *testing.B) {
	for b.Loop() {
		access.PasswordMatches("", "wrong horse battery")
	}
}

func FuzzPasswordMatchesIsTotal(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=-1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, stored string) {
		if len(stored) > 300 || strings.Count(stored, "$") == 5 && !strings.Contains(stored, "m=8,") {
			return // keeps the fuzzer off costly hashes; the limits have their own test
		}
		access.PasswordMatches(stored, "x")
		access.NeedsRehash(stored)
	})
}
