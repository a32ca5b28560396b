package httpapi

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
)

// ProxyError is a proxy's refusal to connect to the API.
type ProxyError struct {
	// Proxy is the host of the proxy, Status its answer.
	Proxy  string
	Status int
}

// Error says which proxy refused, and how.
func (e *ProxyError) Error() string {
	return fmt.Sprintf("the proxy %s refused to connect: %d %s", e.Proxy, e.Status, http.StatusText(e.Status))
}

// checkProxy returns an error that names the proxy if it refuses to connect. Without it, net/http returns only the status text.
func checkProxy(_ context.Context, proxy *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return &ProxyError{Proxy: proxy.Host, Status: answer.StatusCode}
	}
	return nil
}

// proxyOf returns the host of the proxy on the way of a request, empty if there is none.
func proxyOf(request *http.Request) string {
	if proxy, _ := http.ProxyFromEnvironment(request); proxy != nil {
		return proxy.Host
	}
	return ""
}

const proxySettings = "HTTPS_PROXY names the proxy, NO_PROXY the hosts that are reached without one."

// Unreachable says what is in the way of a call that was not answered, and what to do about it. For every other error it returns "".
func Unreachable(err error) string {
	call, ok := errors.AsType[*Error](err)
	if !ok || call.Status != 0 || call.Cause == nil {
		return ""
	}
	var refusal *ProxyError
	var authority x509.UnknownAuthorityError
	var names x509.HostnameError
	var invalid x509.CertificateInvalidError
	var name *net.DNSError
	var operation *net.OpError
	switch {
	case errors.As(err, &refusal) && refusal.Status == http.StatusProxyAuthRequired:
		return fmt.Sprintf("The proxy %s wants a user and a password. Put them into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT). %s",
			refusal.Proxy, proxySettings)
	case errors.As(err, &refusal):
		return fmt.Sprintf("The proxy %s does not let this machine connect to %s. Have it allowed there, or reach the API without the proxy. %s",
			refusal.Proxy, call.Host, proxySettings)
	case errors.As(err, &authority):
		return fmt.Sprintf("This machine does not know the authority that signed the certificate of %s. If a proxy on the way inspects TLS, "+
			"write the certificate of its authority into a file, and name that file in SSL_CERT_FILE.", call.Host)
	case errors.As(err, &names):
		return fmt.Sprintf("Something answered at %s with a certificate for another name. Check base_url, and whether something on the way "+
			"intercepts the connection.", call.Host)
	case errors.As(err, &invalid):
		return fmt.Sprintf("The certificate of %s is not valid. If it has expired or is not valid yet, check the clock of this machine.",
			call.Host)
	case call.Proxy != "" && call.NotSent:
		return fmt.Sprintf("The proxy %s did not connect to %s. %s", call.Proxy, call.Host, proxySettings)
	case errors.As(err, &name):
		return fmt.Sprintf("The name %s is not known here. Check base_url, and the network and its name server.", name.Name)
	case isRefused(err) && isLoopback(call.Host):
		return fmt.Sprintf("Nothing listens at %s. If that is the sandbox: is it still running?", call.Host)
	case errors.As(err, &operation) && call.NotSent:
		return fmt.Sprintf("No connection to %s. Check base_url, the network, and firewalls on the way. If a proxy is needed: %s",
			call.Host, proxySettings)
	}
	return ""
}

func isLoopback(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}
