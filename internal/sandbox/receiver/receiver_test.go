package receiver_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/receiver"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

var now = time.Unix(1_700_000_000, 0)

func hash(secret, text string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

func dfnsEvent(sent int64) string {
	return fmt.Sprintf(`{"kind":"wallet.created","timestampSent":%d,"deliveryAttempt":2}`, sent)
}

func TestReceiver(t *testing.T) {
	t.Parallel()
	const dfns, enfinitos = "X-DFNS-WEBHOOK-SIGNATURE", "Enfinitos-Signature"
	event, at := dfnsEvent(now.Unix()), fmt.Sprint(now.Unix())
	early, late := dfnsEvent(now.Unix()-301), dfnsEvent(now.Unix()+301)
	for name, test := range map[string]struct {
		header, value, body, says string
	}{
		"dfns":             {dfns, "sha256=" + hash("whs-1", event), event, "verified  dfns wallet.created, attempt 2, signed for wh-1"},
		"of another":       {dfns, "sha256=" + hash("whs-2", event), event, "REFUSED"},
		"changed":          {dfns, "sha256=" + hash("whs-1", event), event + " ", "REFUSED"},
		"not hex":          {dfns, "sha256=xyz", event, "REFUSED"},
		"too old":          {dfns, "sha256=" + hash("whs-1", early), early, "REFUSED   \"POST /in\": the time of the delivery differs from now by 5m1s"},
		"from the future":  {dfns, "sha256=" + hash("whs-1", late), late, "REFUSED"},
		"enfinitos":        {enfinitos, "t=" + at + ",v1=" + hash("whsec_1", at+".{}"), "{}", "verified  enfinitos an event, signed for whs_1"},
		"rotating":         {enfinitos, "t=" + at + ",v1=00,v1=" + hash("whsec_1", at+".{}"), "{}", "verified  enfinitos"},
		"without its time": {enfinitos, "v1=" + hash("whsec_1", at+".{}"), "{}", "REFUSED"},
		"another time":     {enfinitos, "t=" + at + "0,v1=" + hash("whsec_1", at+".{}"), "{}", "REFUSED"},
		"unsigned":         {"X-None", "", event, "REFUSED   \"POST /in\": the request has no signature header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			r := &receiver.Receiver{
				Signers: []receiver.Signer{
					{receiver.Dfns, "dfns", func() map[string]string { return map[string]string{"wh-1": "whs-1"} }},
					{receiver.Enfinitos, "enfinitos", func() map[string]string { return map[string]string{"whs_1": "whsec_1"} }},
				},
				Now: func() time.Time { return now }, Log: &log,
			}
			request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/in", strings.NewReader(test.body))
			request.Header.Set(test.header, test.value)
			out := httptest.NewRecorder()
			r.ServeHTTP(out, request)
			sandboxtest.Contains(t, log.String(), test.says)
			status := map[bool]int{true: http.StatusOK, false: http.StatusUnauthorized}[strings.HasPrefix(test.says, "verified")]
			sandboxtest.Same(t, []int{out.Code, strings.Count(log.String(), "\n")}, []int{status, 1})
		})
	}
}
