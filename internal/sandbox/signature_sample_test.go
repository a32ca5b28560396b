//go:build sdk

package sandbox_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/sandboxtest"
)

// TestSDKSampleVerifies has the vendor's sample verification, under Node.js, receive real deliveries. What it makes of the
// parsed body with JSON.stringify must be what was signed, whatever the data looks like.
func TestSDKSampleVerifies(t *testing.T) {
	t.Parallel()
	node := exec.CommandContext(t.Context(), "node", filepath.Join("dfns", "testdata", "signature-sample", "receiver.mjs"))
	node.Stderr = os.Stderr
	in, err1 := node.StdinPipe()
	out, err2 := node.StdoutPipe()
	if err := errors.Join(err1, err2, node.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = node.Process.Kill()
		_ = node.Wait()
	})
	lines := bufio.NewReader(out)
	read := func() string {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}

	s := start(t, sandbox.Config{Clock: time.Now})
	url := "http://127.0.0.1:" + read()
	s.Dfns.Register(dfns.Webhook{URL: url, Events: []string{"*"}, Status: "Enabled"})
	if _, err := fmt.Fprintln(in, s.Dfns.Webhooks()[0].Secret); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{
		`{}`, `{ "text" : "<a href=\"x\">&amp;</a>\u2028\u0000\/é🙂" }`, `{"b":1.0,"10":1e3,"9":[1E-7,-0,123456789012345678901,0.1],"a":null}`,
		`{"twice":1,"twice":{"deep":[[],{}]}}`,
	} {
		s.control("POST events", `{"kind":"wallet.created","data":`+data+`}`, 200)
		sandboxtest.Same(t, read(), "verified: wallet.created, attempt 1")
	}
	// The sample does refuse what it should.
	got := s.do(url, "POST /", `{"kind":"wallet.created","timestampSent":1}`, http.Header{})
	sandboxtest.Same(t, []any{read(), got.status}, []any{"refused: signature", 401})
}
