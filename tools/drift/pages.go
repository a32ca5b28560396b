package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// pages is what a vendor publishes about webhooks.
type pages struct {
	// text is all of it, in which a name is mentioned or is not.
	text string
	// documents are the OpenAPI documents that the pages of the operations hold.
	documents []document
}

// document is the part of an OpenAPI document that matters here.
type document struct {
	Paths      map[string]map[string]any `yaml:"paths"`
	Webhooks   map[string]any            `yaml:"webhooks"`
	Components map[string]any            `yaml:"components"`
}

const maxPage = 16 << 20

var (
	pageLink = regexp.MustCompile(`\]\((https?://[^)\s]*webhook[^)\s]*\.md)\)`)
	// The vendors' documentation sites put an operation's OpenAPI document into the Markdown of its page, in a fence.
	openAPIFence = regexp.MustCompile("(?ms)^(`{3,})yaml[^\n]*\n(openapi:.*?)^`{3,}\\s*$")
)

// readPages reads every page about webhooks that an index names on its own host.
func readPages(ctx context.Context, index string) (*pages, error) {
	list, err := get(ctx, index)
	if err != nil {
		return nil, err
	}
	home, err := url.Parse(index)
	if err != nil {
		return nil, err
	}
	out := &pages{}
	for _, link := range pageLink.FindAllStringSubmatch(list, -1) {
		if at, err := url.Parse(link[1]); err != nil || at.Host != home.Host {
			continue
		}
		text, err := get(ctx, link[1])
		if err != nil {
			return nil, err
		}
		if err := out.add(text); err != nil {
			return nil, fmt.Errorf("%s: %w", link[1], err)
		}
	}
	if len(out.documents) == 0 {
		return nil, fmt.Errorf("%s names no page with an OpenAPI document about webhooks; has the site changed?", index)
	}
	return out, nil
}

func (p *pages) add(text string) error {
	p.text += text + "\n"
	for _, fence := range openAPIFence.FindAllStringSubmatch(text, -1) {
		var parsed document
		if err := yaml.Unmarshal([]byte(fence[2]), &parsed); err != nil {
			return err
		}
		p.documents = append(p.documents, parsed)
	}
	return nil
}

func get(ctx context.Context, address string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("GET %s: %s", address, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxPage+1))
	if err == nil && len(body) > maxPage {
		err = errors.New("the page is too large")
	}
	if err != nil {
		return "", fmt.Errorf("GET %s: %w", address, err)
	}
	return strings.ReplaceAll(string(body), "\r\n", "\n"), nil
}
