package notify

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amends.dev/internal/fault"
)

// webhook posts the message as JSON, signed after Standard Webhooks: the
// receiver checks the three webhook-* headers, and drops an id seen before.
// The body is Envelope's.
type webhook struct {
	client *Client
	url    string
	signer []*standardwebhooks.Webhook // more than one while a secret is changed
	now    func() time.Time
}

// NewSecret returns a fresh signing secret, "whsec_" and 32 random bytes.
func NewSecret() string {
	key := make([]byte, 32)
	rand.Read(key) // never fails: the runtime ends the program first
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

const secretPrefix = "whsec_"

func openWebhook(o map[string]string, env Env) Channel {
	w := &webhook{client: env.Client, url: o["url"], now: env.Now}
	for _, secret := range strings.Fields(o["secret"]) {
		key, _ := readSecret(secret) // the option's check has read it
		signer, _ := standardwebhooks.NewWebhookRaw(key)
		w.signer = append(w.signer, signer)
	}
	return w
}

// readSecret returns the key in a secret of 24 to 64 bytes.
func readSecret(secret string) ([]byte, error) {
	encoded, found := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !found || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, fault.New(fault.Invalid, "Enter a secret that starts with whsec_, as amends makes it")
	}
	return key, nil
}

// Send posts the signed envelope. Whatever is not 2xx may pass within the
// 72 hours (a receiver in the middle of a deployment answers 404), except 410.
func (w *webhook) Send(ctx context.Context, m Message) (bool, error) {
	if err := m.check(); err != nil {
		return false, err
	}
	body, err := json.Marshal(m.Envelope())
	if err != nil {
		return false, fmt.Errorf("write %s as JSON: %w", m.Key, err)
	}
	header, err := w.sign(m.Key, body)
	if err != nil {
		return false, err
	}
	a, retry, err := w.client.post(ctx, w.url, header, body)
	switch {
	case err != nil:
		return retry, err
	case a.ok():
		return false, nil
	case a.status == http.StatusGone:
		return false, a.refusal("The receiver says that it wants nothing more (status 410). The webhook is to be switched off; its owner can switch it on again.")
	case a.status >= 300 && a.status < 400:
		return true, w.passing(a, "The receiver answered with a redirect (status %d), which is not followed. Enter the final address; the message is tried again.")
	}
	return true, w.passing(a, "The receiver did not take the message (status %d). It is tried again.")
}

func (w *webhook) passing(a answer, format string) *Refusal {
	r := a.refusal("")
	r.Err = fault.Newf(fault.Busy, format, a.status)
	return r
}

func (w *webhook) sign(key string, body []byte) (http.Header, error) {
	at := w.now()
	var signatures []string
	for _, signer := range w.signer {
		signature, err := signer.Sign(key, at, body)
		if err != nil {
			return nil, fmt.Errorf("sign %s: %w", key, err)
		}
		signatures = append(signatures, signature)
	}
	header := http.Header{}
	header.Set(standardwebhooks.HeaderWebhookID, key)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	header.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	return header, nil
}
