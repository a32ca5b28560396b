package dfns

import (
	"context"
	"iter"
	"maps"
	"net/url"
	"strconv"

	"github.com/webhook-providers/terraform-provider-webhook/internal/httpapi"
)

// MaxPage is the largest page size of a list.
const MaxPage = 200

// listPages returns the items of all pages, at most so many (0 for 50). It fetches pages as the caller needs them.
func listPages[T any](
	ctx context.Context, c *Client, pageSize, mostPages int, filter url.Values, id func(*T) string, path ...string,
) iter.Seq2[*T, error] {
	if pageSize <= 0 || pageSize > MaxPage {
		pageSize = MaxPage
	}
	return httpapi.PagesUpTo(mostPages, path, func(token httpapi.Token) (httpapi.Page[T], error) {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}}
		maps.Copy(query, filter)
		if token != "" {
			query.Set("paginationToken", string(token))
		}
		page, err := get[struct {
			Items httpapi.Items[T] `json:"items"`
			Next  httpapi.Token    `json:"nextPageToken"`
		}](ctx, c, query, path...)
		return httpapi.Page[T]{Items: page.Items, Next: page.Next, Filtered: len(filter) > 0}, err
	}, id)
}
