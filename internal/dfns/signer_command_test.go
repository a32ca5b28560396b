//go:build unix

package dfns_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/webhook-providers/terraform-provider-webhook/internal/dfns"
	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// The secrets of whoever runs the tests, of which a signer is to know none.
var ownSecrets = []string{"DFNS_AUTH_TOKEN", "DFNS_PRIVATE_KEY", "ENFINITOS_API_KEY"}

// TestMain runs the tests, or, in a process that a test started, a signer.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "be-a-signer" {
		beSigner(os.Args[2], os.Args[3:])
		return
	}
	for _, name := range append(ownSecrets, "DFNS_CRED_ID", "CLOUD_TOKEN") {
		_ = os.Setenv(name, "the-value-of-"+name)
	}
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // or each signer takes a second to end under the race detector
	os.Exit(m.Run())
}

// signerKey is the key of the signers that sign. It guards nothing.
var signerKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func sign() string {
	message, _ := io.ReadAll(os.Stdin)
	return base64.StdEncoding.EncodeToString(ed25519.Sign(signerKey, message))
}

// beSigner is what the signers of the tests do.
func beSigner(mode string, args []string) {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	switch mode {
	case "sign":
		_, _ = os.Stdout.WriteString(sign())
	case "sign-url":
		_, _ = os.Stdout.WriteString(strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(sign()))
	case "sign-wrapped":
		text := sign()
		_, _ = fmt.Fprintf(os.Stdout, "\n  %s\r\n%s\n\t", text[:76], text[76:])
	case "sign-unpadded":
		_, _ = os.Stdout.WriteString(strings.TrimRight(sign(), "="))
	case "sign-env": // and note the environment in a file
		_ = os.WriteFile(args[0], []byte(strings.Join(os.Environ(), "\n")), 0o600)
		_, _ = os.Stdout.WriteString(sign())
	case "print": // without reading what is to be signed
		_, _ = os.Stdout.WriteString(args[0][1:])
	case "end":
		_, _ = os.Stdout.WriteString(args[2][1:])
		_, _ = os.Stderr.WriteString(args[1][1:])
		status, _ := strconv.Atoi(args[0])
		os.Exit(status)
	case "die":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "flood":
		for {
			_, _ = os.Stdout.WriteString(strings.Repeat("QUFB", 8<<10))
		}
	case "complain":
		for range 1 << 10 {
			_, _ = os.Stderr.WriteString(strings.Repeat("complaint ", 1<<10) + "\n")
		}
		_, _ = os.Stderr.WriteString("the last words")
		os.Exit(1)
	case "wait": // until the test says so
		_, _ = io.ReadAll(call(args[0]))
		_, _ = os.Stdout.WriteString(sign())
	case "leave-child", "leave-detached-child":
		child := exec.Command(os.Args[0], "be-a-signer", "wait", args[0])
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: mode == "leave-detached-child"}
		_ = child.Start()
		if len(args) == 1 {
			_, _ = os.Stdout.WriteString(sign())
			return
		}
		_, _ = io.ReadAll(call(args[1]))
	}
}

func call(address string) net.Conn {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		panic(err)
	}
	return conn
}

// signers is where signers report that they run, and wait to be told to go on: by the end of the connection.
type signers struct {
	t *testing.T
	net.Listener
}

func listen(t *testing.T) signers {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	t.Cleanup(func() { _ = listener.Close() })
	return signers{t, listener}
}

func (s signers) address() string { return s.Addr().String() }

// arrive waits for one signer.
func (s signers) arrive() net.Conn {
	s.t.Helper()
	conn, err := s.Accept()
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// command returns a signer that does what beSigner says.
func command(t *testing.T, mode string, args ...string) dfns.Command {
	t.Helper()
	program := must(os.Executable())
	return dfns.Command{Args: append([]string{program, "be-a-signer", mode}, args...), CredentialID: "cr-1"}
}

func newSigner(t *testing.T, c dfns.Command) dfns.Signer {
	t.Helper()
	signer, err := dfns.NewCommandSigner(c)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// prints returns a signer that prints a text.
func prints(t *testing.T, text string) dfns.Command {
	t.Helper()
	return command(t, "print", "="+text)
}

// ends returns a signer that writes to its standard error, prints, and ends with a status.
func ends(t *testing.T, status int, stderr, stdout string) dfns.Command {
	t.Helper()
	return command(t, "end", strconv.Itoa(status), "="+stderr, "="+stdout)
}

// fails runs a signer that is to fail.
func fails(ctx context.Context, t *testing.T, c dfns.Command) *dfns.CommandError {
	t.Helper()
	signature, err := newSigner(t, c).Sign(ctx, []byte("message"))
	var failed *dfns.CommandError
	if !errors.As(err, &failed) {
		t.Fatalf("it ends in %x, %v, want a CommandError", signature, err)
	}
	if failed.Program != c.Args[0] {
		t.Errorf("the program is %q", failed.Program)
	}
	return failed
}

func TestCommandSigns(t *testing.T) {
	t.Parallel()
	message := []byte(`{"challenge":"Y2g","type":"key.get"}` + "\x00\n\xff not text")
	for _, mode := range []string{"sign", "sign-url", "sign-wrapped", "sign-unpadded"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			signature, err := newSigner(t, command(t, mode)).Sign(t.Context(), message)
			if err != nil || !ed25519.Verify(signerKey.Public().(ed25519.PublicKey), message, signature) {
				t.Errorf("the signature is %x: %v", signature, err)
			}
		})
	}
}

// A program has the environment of the provider, where the credentials of its cloud are, without the provider's own secrets.
func TestCommandEnvironment(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	if _, err := newSigner(t, command(t, "sign-env", file)).Sign(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	env := strings.Split(string(must(os.ReadFile(file))), "\n")
	for _, want := range []string{"DFNS_CRED_ID=cr-1", "CLOUD_TOKEN=the-value-of-CLOUD_TOKEN", "PATH=" + os.Getenv("PATH")} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing in %q", want, env)
		}
	}
	if slices.Contains(env, "DFNS_CRED_ID="+os.Getenv("DFNS_CRED_ID")) {
		t.Error("it may sign for the credential of the environment, not that of the configuration")
	}
	for _, secret := range ownSecrets {
		if os.Getenv(secret) == "" || slices.ContainsFunc(env, func(v string) bool { return strings.Contains(v, secret) }) {
			t.Errorf("%s is in %q, or is not set here", secret, env)
		}
	}
}

func encode(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

func der(t *testing.T, r, s *big.Int) []byte {
	t.Helper()
	return must(asn1.Marshal(struct{ R, S *big.Int }{r, s}))
}

// What may be a signature is taken; the API will verify it.
func TestCommandSignatureIsPlausible(t *testing.T) {
	t.Parallel()
	largest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	for name, signature := range map[string][]byte{
		"Ed25519":             ed25519.Sign(signerKey, nil),
		"Ed25519 that is DER": append([]byte{0x30, 62, 2, 60}, bytes.Repeat([]byte{9}, 60)...),
		"ECDSA, smallest":     der(t, big.NewInt(1), big.NewInt(1)),
		"ECDSA, largest":      der(t, largest, largest),
		"RSA of 2048 bits":    bytes.Repeat([]byte{0xff}, 256),
		"RSA of 3072 bits":    bytes.Repeat([]byte{0x30}, 384),
		"RSA of 4096 bits":    make([]byte, 512),
		"RSA of 8192 bits":    make([]byte, 1024),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newSigner(t, prints(t, encode(signature))).Sign(t.Context(), nil)
			if err != nil || !bytes.Equal(got, signature) {
				t.Errorf("got %x, %v", got, err)
			}
		})
	}
}

// Whatever else a program prints never leaves this machine and is quoted nowhere: it may be the key.
func TestCommandAnswerIsRefused(t *testing.T) {
	t.Parallel()
	const nothing, notBase64, noSignature = "printed nothing;", "is not base64;", "in base64 that are not a signature"
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	digest := sha256.Sum256(nil)
	type answer struct{ text, want string }
	tests := map[string]answer{
		"nothing":              {"", nothing},
		"white space":          {" \r\n\t ", nothing},
		"only padding":         {"==", noSignature},
		"text":                 {"correct horse battery staple", notBase64},
		"raw bytes":            {"correct\x80horse\xffbattery", notBase64},
		"prefix of Vault":      {"vault:v1:" + encode(ed25519.Sign(signerKey, nil)), notBase64},
		"JSON":                 {`{"Sig": "correcthorsebatterystaple"}`, notBase64},
		"hexadecimal":          {fmt.Sprintf("%x", ed25519.Sign(signerKey, nil)), noSignature},
		"a line before":        {"Using slot 0\n" + encode(ed25519.Sign(signerKey, nil)), notBase64},
		"seed and public key":  {encode(signerKey), "printed 64 bytes " + noSignature},
		"seed":                 {encode(signerKey.Seed()), "printed 32 bytes " + noSignature},
		"too short":            {encode(make([]byte, 63)), noSignature},
		"too long":             {encode(make([]byte, 65)), noSignature},
		"ECDSA, cut":           {encode(der(t, big.NewInt(1), big.NewInt(9))[:7]), noSignature},
		"ECDSA, more behind":   {encode(append(der(t, big.NewInt(1), big.NewInt(9)), 0)), noSignature},
		"ECDSA of zero":        {encode(der(t, big.NewInt(0), big.NewInt(9))), noSignature},
		"ECDSA below zero":     {encode(der(t, big.NewInt(7), big.NewInt(-9))), noSignature},
		"ECDSA of P-384":       {encode(must(ecdsa.SignASN1(rand.Reader, p384, digest[:]))), noSignature},
		"RSA of 1024 bits":     {encode(make([]byte, 128)), noSignature},
		"RSA of 2047 bits":     {encode(make([]byte, 255)), noSignature},
		"RSA beyond all sizes": {encode(make([]byte, 1088)), noSignature},
		"too much":             {encode(make([]byte, 16<<10)), "printed more than 16384 bytes"},
	}
	for kind, key := range keys() {
		for form, text := range key.forms {
			block, _ := pem.Decode([]byte(text))
			tests[kind+" key, "+form] = answer{text, notBase64}
			if block.Type != "EC PARAMETERS" {
				tests[kind+" key in DER, "+form] = answer{encode(block.Bytes), noSignature}
			}
		}
		public, _ := pem.Decode([]byte(key.public))
		tests[kind+" public key in DER"] = answer{encode(public.Bytes), noSignature}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := fails(t.Context(), t, prints(t, test.text))
			if !strings.Contains(failed.Error(), test.want) {
				t.Errorf("the error is %q, want %q in it", failed, test.want)
			}
			if part := quoted(failed.Error(), test.text); part != "" {
				t.Errorf("%q quotes %q", failed, part)
			}
		})
	}
}

func TestCommandFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command dfns.Command
		want    string
	}{
		"status":          {ends(t, 3, "", ""), " failed: exit status 3"},
		"status and why":  {ends(t, 3, "AccessDenied\n", ""), " failed: exit status 3; its standard error ends with:\n\nAccessDenied"},
		"good but failed": {ends(t, 1, "", encode(make([]byte, 64))), " failed: exit status 1"},
		"nothing but why": {ends(t, 0, "no key configured", ""), " printed nothing; it must print the signature in base64; its standard error ends with:\n\nno key configured"},
		"signal":          {command(t, "die"), " failed: signal: killed"},
		"flood":           {command(t, "flood"), " printed more than 16384 bytes and was stopped; it must print only the signature"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := "the signer command " + test.command.Args[0] + test.want
			if got := fails(t.Context(), t, test.command).Error(); got != want {
				t.Errorf("the error is\n%s, want\n%s", got, want)
			}
		})
	}
}

// A program that is there when the provider is configured may turn out to be none when it is run, or be gone.
func TestCommandCannotBeRun(t *testing.T) {
	t.Parallel()
	const script = "; if it is a script, check that the interpreter in its first line exists"
	noProgram := must(filepath.Abs("testdata/no-program"))
	failed := fails(t.Context(), t, dfns.Command{Args: []string{noProgram, "hunter2"}})
	if want := "the signer command " + noProgram + " could not be run: exec format error" + script; failed.Error() != want {
		t.Errorf("the error is %q, want %q", failed, want)
	}
	link := filepath.Join(t.TempDir(), "sign")
	must(0, os.Symlink(noProgram, link))
	signer := newSigner(t, dfns.Command{Args: []string{link, "hunter2"}})
	must(0, os.Remove(link))
	_, err := signer.Sign(t.Context(), nil)
	if want := "the signer command " + link + " could not be run: no such file or directory" + script; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %q", err, want)
	}
}

// What is quoted of a program's standard error is its end, short, printable, and without the token.
func TestCommandComplaint(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ stderr, want string }{
		"last lines":       {"1\n2\n3\n4\n\n  \n5\n6\n", "2\n3\n4\n5\n6"},
		"colours":          {"\x1b[31mdenied\x1b[0m\r\n\tby\u202e policy\x01\x07", "[31mdenied[0m\n by policy"},
		"not UTF-8":        {"denied\xff\xfe", "denied?"},
		"token":            {"refused: Bearer the-token!", "refused: Bearer (hidden)!"},
		"token in pieces":  {"the-\x1btok\x01en", "(hidden)"},
		"token at the cut": {"the-token" + strings.Repeat("x", 597), "en)" + strings.Repeat("x", 597)},
		"long line":        {strings.Repeat("x", 1000), strings.Repeat("x", 600)},
		"long letters":     {strings.Repeat("é", 500) + "x", strings.Repeat("é", 299) + "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := ends(t, 1, test.stderr, "")
			c.Secret = "the-token"
			if diff := cmp.Diff(test.want, fails(t.Context(), t, c).Stderr); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("megabytes", func(t *testing.T) {
		t.Parallel()
		got := fails(t.Context(), t, command(t, "complain")).Stderr
		if len(got) > 600 || !strings.HasSuffix(got, "complaint \nthe last words") {
			t.Errorf("%d bytes are quoted, ending in %q", len(got), got[len(got)-30:])
		}
	})
}

func TestCommandTimeLimit(t *testing.T) {
	t.Parallel()
	c := command(t, "wait", listen(t).address())
	c.Timeout = 10 * time.Millisecond
	failed := fails(t.Context(), t, c)
	if !strings.HasSuffix(failed.Error(), " did not finish within its time limit of 10ms and was stopped") {
		t.Errorf("the error is %q", failed)
	}
	if errors.Is(failed, context.DeadlineExceeded) {
		t.Error("it would pass for the timeout of the operation")
	}
}

// The operation's timeout ends a program before its own limit does, and is told apart from it.
func TestCommandOperationTimeout(t *testing.T) {
	t.Parallel()
	c := command(t, "wait", listen(t).address())
	c.Timeout = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if failed := fails(ctx, t, c); !errors.Is(failed, context.DeadlineExceeded) || !strings.Contains(failed.Error(), " was stopped: ") {
		t.Errorf("the error is %q", failed)
	}
}

// A program that ignores signals is stopped, and so is what it has started. What has put itself out of reach is not waited
// for, although it holds the pipes. None of these would ever end by itself.
func TestCommandIsCancelled(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"wait", "leave-child", "leave-detached-child"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			own, children := listen(t), listen(t)
			c := command(t, mode, own.address())
			if mode != "wait" {
				c = command(t, mode, children.address(), own.address())
			}
			ctx, cancel := context.WithCancel(t.Context())
			var running []net.Conn
			go func() {
				defer cancel()
				running = append(running, own.arrive())
				if mode != "wait" {
					running = append(running, children.arrive())
				}
			}()
			if failed := fails(ctx, t, c); !errors.Is(failed, context.Canceled) {
				t.Errorf("the error is %v", failed)
			}
			if mode == "leave-detached-child" {
				running = running[:1]
			}
			for _, conn := range running {
				if _, err := conn.Read(make([]byte, 1)); err == nil {
					t.Error("it has something to say, which it never has")
				}
			}
		})
	}
}

// What a program leaves running does not hold up its answer.
func TestCommandLeavesChildBehind(t *testing.T) {
	t.Parallel()
	children := listen(t)
	message := []byte("message")
	signature, err := newSigner(t, command(t, "leave-child", children.address())).Sign(t.Context(), message)
	if err != nil || !ed25519.Verify(signerKey.Public().(ed25519.PublicKey), message, signature) {
		t.Errorf("the signature is %x: %v", signature, err)
	}
	_ = children.arrive().Close() // it still runs, and may end now
}

// Ten programs run at the same time: none of them goes on before all have started.
func TestCommandsRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	const many = 10
	own := listen(t)
	signer := newSigner(t, command(t, "wait", own.address()))
	results := make(chan error, many)
	for i := range many {
		go func() {
			message := []byte{byte(i)}
			signature, err := signer.Sign(t.Context(), message)
			if err == nil && !ed25519.Verify(signerKey.Public().(ed25519.PublicKey), message, signature) {
				err = errors.New("the signature is of another message")
			}
			results <- err
		}()
	}
	var running []net.Conn
	for range many {
		running = append(running, own.arrive())
	}
	for _, conn := range running {
		_ = conn.Close()
	}
	for range many {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestNewCommandSignerRefuses(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "with a space")
	must(0, os.Mkdir(dir, 0o700))
	plain := filepath.Join(dir, "plain")
	must(0, os.WriteFile(plain, nil, 0o600))
	const notFound = "the program no-such-program: executable file not found in $PATH"
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"nothing":                  {nil, "the first element must be a program, and no element may be empty"},
		"empty program":            {[]string{""}, "the first element must be a program, and no element may be empty"},
		"empty argument":           {[]string{"sh", "hunter2", ""}, "the first element must be a program, and no element may be empty"},
		"not on PATH":              {[]string{"no-such-program", "hunter2"}, notFound},
		"not there":                {[]string{"/no/such", "hunter2"}, "the program /no/such: no such file or directory"},
		"relative":                 {[]string{"./none", "hunter2"}, "the program ./none: no such file or directory; a relative path starts in " + must(os.Getwd()) + ", where Terraform runs; for a program beside the configuration use \"${path.root}/…\""},
		"a directory":              {[]string{dir}, "the program " + dir + ": is a directory"},
		"not executable":           {[]string{plain}, "the program " + plain + ": permission denied"},
		"relative, in one element": {[]string{"./none hunter2"}, "the program ./none …: no such file or directory; write each argument as a separate element"},
		"in one element":           {[]string{"sh -c hunter2"}, "the program sh …: executable file not found in $PATH; write each argument as a separate element"},
		"one, too long":            {[]string{"/bin/sh -c hunter2" + strings.Repeat("2", 300)}, "the program /bin/sh …: file name too long; write each argument as a separate element"},
		"one, no folder":           {[]string{"/bin/sh/ -c hunter2"}, "the program /bin/sh/ …: not a directory; write each argument as a separate element"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if signer, err := dfns.NewCommandSigner(dfns.Command{Args: test.args}); err == nil || err.Error() != test.want {
				t.Errorf("it ends in %v, %v, want %q", signer, err, test.want)
			}
		})
	}
}

// The log has a line for each run, and nothing in it of what the program was given or wrote.
func TestCommandLog(t *testing.T) {
	t.Parallel()
	log := &lines{}
	for _, c := range []dfns.Command{
		prints(t, encode(make([]byte, 64))), ends(t, 3, "hunter3", "hunter4"),
		{Args: append(command(t, "wait", "127.0.0.1:1").Args, "hunter2"), Timeout: time.Nanosecond},
	} {
		c.Logger, c.CredentialID = log, "cr-1"
		_, _ = newSigner(t, c).Sign(t.Context(), []byte("hunter5"))
	}
	text := log.text.String()
	for _, want := range []string{"Signer command", "duration_ms:", "exit_code:0", "exit_code:3", "exit_code:-1", "program:" + must(os.Executable())} {
		if !strings.Contains(text, want) {
			t.Errorf("the log does not hold %q:\n%s", want, text)
		}
	}
	for _, secret := range []string{"hunter", "be-a-signer", encode(make([]byte, 9))} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
}

// A change that the program does not sign is not sent, and one that it signs is made.
func TestCommandSignsChanges(t *testing.T) {
	t.Parallel()
	s := start(t)
	public := block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(signerKey.Public())))
	if err := s.Dfns.AddCredential("cr-command", public); err != nil {
		t.Fatal(err)
	}
	with := func(c dfns.Command) *dfns.Client {
		return newClient(t, s, func(config *dfns.Config) {
			config.CredentialID, config.Signer = "cr-command", newSigner(t, c)
		})
	}
	id := s.Dfns.Register(example)
	err := with(ends(t, 1, "denied", "")).DeleteWebhook(t.Context(), id, "")
	var signing *dfns.SigningError
	if !errors.As(err, &signing) || outcome(err) != httpapi.NotMade || !strings.Contains(err.Error(), "signing with credential cr-command failed: the signer command ") {
		t.Errorf("the error is %v", err)
	}
	if diff := cmp.Diff([]string{"POST /auth/action/init"}, journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if err := with(command(t, "sign")).DeleteWebhook(t.Context(), id, ""); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(signed("DELETE /webhooks/"+id), journal(s)); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
