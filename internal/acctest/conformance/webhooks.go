package conformance

import (
	"strings"

	"github.com/webhook-providers/terraform-provider-webhook/internal/acctest"
	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox"
)

// Webhooks are the webhooks that the sandbox of a vendor holds.
type Webhooks interface {
	// objects returns them in order of creation, with the attributes of a configuration.
	objects(config Values) []Object
	register(values Values) (id string)
	edit(id string, values Values) error
	Remove(id string)
}

// server is a vendor in the sandbox.
type server[Webhook any] interface {
	Register(webhook Webhook) (id string)
	Edit(id string, change func(*Webhook)) error
	Remove(id string)
}

type webhooks[Webhook any] struct {
	server[Webhook]

	all    func() []Webhook
	object func(*Webhook) Object
}

// webhooksIn returns the webhooks of a server. The object that is made of one lacks the attributes, which are the fields of the same names.
func webhooksIn[Webhook any](server server[Webhook], all func() []Webhook, object func(*Webhook) Object) Webhooks {
	return webhooks[Webhook]{server, all, object}
}

func (w webhooks[Webhook]) objects(config Values) (out []Object) {
	for _, webhook := range w.all() {
		object := w.object(&webhook)
		object.Values = valuesOf(&webhook, config)
		out = append(out, object)
	}
	return out
}

func (w webhooks[Webhook]) register(values Values) string {
	var webhook Webhook
	setting[Webhook](values)(&webhook)
	return w.Register(webhook)
}

func (w webhooks[Webhook]) edit(id string, values Values) error {
	return w.Edit(id, setting[Webhook](values))
}

// Objects returns what the sandbox holds, in order of creation.
func (v Vendor) Objects(env *acctest.Env) []Object { return v.Webhooks(env).objects(v.Config) }

// Register adds a webhook outside Terraform.
func (v Vendor) Register(env *acctest.Env, values Values) (id string) {
	return v.Webhooks(env).register(values)
}

// Edit changes a webhook outside Terraform.
func (v Vendor) Edit(env *acctest.Env, id string, values Values) error {
	return v.Webhooks(env).edit(id, values)
}

// Remove deletes a webhook outside Terraform.
func (v Vendor) Remove(env *acctest.Env, id string) { v.Webhooks(env).Remove(id) }

// API is the journal and the faults of the sandbox.
func (v Vendor) API(env *acctest.Env) *sandbox.Calls { return env.At(strings.ToLower(v.Name)).Calls }

// Token is the one that the sandbox accepts.
func (v Vendor) Token(env *acctest.Env) string { return env.Env()[v.Account.Credentials[0]] }

// Secrets are the token, and what else no log may hold.
func (v Vendor) Secrets(env *acctest.Env) []string {
	if v.MoreSecrets == nil {
		return []string{v.Token(env)}
	}
	return append(v.MoreSecrets(env), v.Token(env))
}

// strange returns bodies that prove nothing at any vendor, and more.
func strange(more ...string) []string {
	return append([]string{`{"message":"Service is in maintenance"}`, `{}`, `null`, ``}, more...)
}

// foreign returns bodies of a 404 of proxies and other services, and more.
func foreign(more ...string) []string {
	return append([]string{
		`{"message":"Not Found"}`, `{"detail":"Not Found"}`, `{"code":5,"message":"Not Found","details":[]}`,
		`{"statusCode":404,"error":"Not Found","message":"Not Found"}`, `{"errors":[{"title":"Not Found"}]}`,
		`{"type":"about:blank","title":"Not Found","status":404}`,
	}, more...)
}
