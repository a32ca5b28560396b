package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Decode decodes the body of an answer. A field of another JSON type than expected stays empty instead of failing the rest: an odd
// date must not lose the id and the secret beside it. So the caller must check the fields that it needs.
func Decode[T any](request Request, response *Response) (out T, err error) {
	err = DecodeInto(&out, response.Body, request, response)
	return out, err
}

// DecodeInto is Decode of a part of an answer.
func DecodeInto[T any](out *T, part []byte, request Request, response *Response) error {
	err := json.Unmarshal(part, out)
	if odd, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && odd.Field != "" {
		return nil
	}
	if err != nil {
		return Unreadable(request, response, err)
	}
	return nil
}

// Optional is a value that an answer may lack. It is nil too if the answer contains it in a JSON type that cannot be it.
type Optional[T any] struct{ Value *T }

// UnmarshalJSON implements json.Unmarshaler. A number or a boolean may be quoted.
func (o *Optional[T]) UnmarshalJSON(data []byte) error {
	o.Value = nil
	for _, text := range [][]byte{data, bytes.Trim(data, `"`)} {
		var value *T
		if json.Unmarshal(text, &value) == nil {
			o.Value = value
			return nil
		}
	}
	return nil
}

// Items are the items of a list. A list without any is still a list, unlike null or an object.
type Items[T any] struct {
	List   []T
	IsList bool
}

// UnmarshalJSON implements json.Unmarshaler. An item of another JSON type stays empty.
func (i *Items[T]) UnmarshalJSON(data []byte) error {
	_ = json.Unmarshal(data, &i.List) // data is valid JSON, so nothing but a type can be odd
	i.IsList = bytes.HasPrefix(data, []byte("["))
	return nil
}

// Token is the token or the cursor of a page, of any JSON type. A list whose token cannot be read would seem to be complete.
type Token string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Token) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil { // null leaves it empty
		text = string(data)
	}
	*t = Token(text)
	return nil
}
