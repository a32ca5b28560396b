// Package receiver is a webhook receiver as a user of the vendors would write it: it verifies signatures and logs deliveries. It
// shares no code with the signing side.
package receiver

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// tolerance is how much the time of a delivery may differ from now, as in the vendor's sample.
const tolerance = 300 * time.Second

// maxBody limits how much of a delivery is read.
const maxBody = 4 << 20

// Receiver answers 200 to deliveries signed with the secret of a registered webhook, and 401 to everything else.
type Receiver struct {
	// Dfns and Enfinitos return the signing secrets by webhook id.
	Dfns, Enfinitos func() map[string]string
	Now             func() time.Time
	// Log receives one line for every request.
	Log io.Writer
}

// receipt describes a verified delivery.
type receipt struct {
	vendor, webhook, what string
}

// ServeHTTP implements http.Handler.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	var got receipt
	if err == nil {
		got, err = r.verify(request, body)
	}
	if err != nil {
		_, _ = fmt.Fprintf(r.Log, "%-10sREFUSED   %q: %v\n", "receiver", request.Method+" "+request.URL.Path, err)
		http.Error(w, "refused: "+err.Error(), http.StatusUnauthorized)
		return
	}
	_, _ = fmt.Fprintf(r.Log, "%-10sverified  %s %s, signed for %s\n", "receiver", got.vendor, got.what, got.webhook)
	_, _ = io.WriteString(w, "received\n")
}

func (r *Receiver) verify(request *http.Request, body []byte) (receipt, error) {
	if signature := request.Header.Get("X-Dfns-Webhook-Signature"); signature != "" {
		return r.verifyDfns(signature, body)
	}
	if signature := request.Header.Get("Enfinitos-Signature"); signature != "" {
		return r.verifyEnfinitos(signature, body)
	}
	return receipt{}, errors.New("the request has no signature header of Dfns or EnfinitOS")
}

// verifyDfns checks "sha256=" and the HMAC of the body. The body contains the time.
func (r *Receiver) verifyDfns(signature string, body []byte) (receipt, error) {
	webhook, ok := signer(r.Dfns(), body, strings.TrimPrefix(signature, "sha256="))
	if !ok {
		return receipt{}, errUnknownSigner
	}
	var event struct {
		Kind            string `json:"kind"`
		TimestampSent   int64  `json:"timestampSent"`
		DeliveryAttempt int    `json:"deliveryAttempt"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return receipt{}, fmt.Errorf("the body is not JSON: %w", err)
	}
	what := fmt.Sprintf("%s, attempt %d", event.Kind, event.DeliveryAttempt)
	return receipt{"dfns", webhook, what}, r.recent(event.TimestampSent)
}

// verifyEnfinitos checks "t=<time>,v1=<HMAC of time.body>". There may be several v1 during a rotation of the secret.
func (r *Receiver) verifyEnfinitos(header string, body []byte) (receipt, error) {
	var at string
	var signatures []string
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			at = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	sent, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return receipt{}, errors.New("the signature header has no valid time")
	}
	for _, signature := range signatures {
		if webhook, ok := signer(r.Enfinitos(), bytes.Join([][]byte{[]byte(at), body}, []byte(".")), signature); ok {
			var event struct {
				Kind string `json:"kind"`
			}
			_ = json.Unmarshal(body, &event) // the vendor does not document what a payload holds
			return receipt{"enfinitos", webhook, cmp.Or(event.Kind, "an event")}, r.recent(sent)
		}
	}
	return receipt{}, errUnknownSigner
}

var errUnknownSigner = errors.New("the signature does not match the secret of any registered webhook")

// signer returns the webhook whose secret makes a signature.
func signer(secrets map[string]string, message []byte, signature string) (webhook string, ok bool) {
	given, err := hex.DecodeString(signature)
	if err != nil {
		return "", false
	}
	for id, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write(message)
		if hmac.Equal(mac.Sum(nil), given) {
			return id, true
		}
	}
	return "", false
}

func (r *Receiver) recent(sent int64) error {
	if age := r.Now().Sub(time.Unix(sent, 0)).Abs(); age > tolerance {
		return fmt.Errorf("the time of the delivery differs from now by %s; more than %s may mean a replay", age.Round(time.Second), tolerance)
	}
	return nil
}
