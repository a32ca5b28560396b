package main

import (
	"context"
	"net/url"
	"path"
	"strings"
)

// indexed is what the indexes of a documentation site name: addresses, each once.
type indexed struct {
	pages     []string // about webhooks
	documents []string // OpenAPI documents of the whole API
	read      map[string]bool
}

// follow reads an index and the indexes that it names.
func follow(ctx context.Context, index string) (*indexed, error) {
	out := &indexed{read: map[string]bool{}}
	return out, out.follow(ctx, index)
}

func (i *indexed) follow(ctx context.Context, index string) error {
	if i.read[index] {
		return nil
	}
	i.read[index] = true
	text, err := get(ctx, index)
	if err != nil {
		return err
	}
	for _, found := range link.FindAllStringSubmatch(text, -1) {
		address, err := resolve(index, found[1])
		if err != nil {
			continue // a link elsewhere
		}
		if err := i.take(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

func (i *indexed) take(ctx context.Context, address *url.URL) error {
	switch to := address.String(); {
	case strings.HasPrefix(address.Path, "/_llms/"):
		return i.follow(ctx, to)
	case i.read[to]:
	case strings.HasPrefix(path.Base(address.Path), "openapi."):
		i.read[to] = true
		i.documents = append(i.documents, to)
	case path.Ext(address.Path) == ".md" && strings.Contains(address.Path, "webhook"):
		i.read[to] = true
		i.pages = append(i.pages, to)
	}
	return nil
}

// resolve returns the address of a link on the host of its index.
func resolve(index, to string) (*url.URL, error) {
	home, err := url.Parse(index)
	if err != nil {
		return nil, err
	}
	address, err := home.Parse(to)
	if err == nil && address.Host != home.Host {
		return nil, url.InvalidHostError(address.Host)
	}
	return address, err
}
