package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Stringify returns JSON as JavaScript's JSON.stringify writes what JSON.parse has read: no white space, the shortest
// escapes, numbers as JavaScript has them, keys that are array indices first and in order, of equal keys the last value.
//
// The vendors run on it, and receivers that follow their samples sign what JSON.stringify makes of the parsed body. A
// body in any other form would be refused by them.
func Stringify(text []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if !json.Valid(text) {
		return nil, fmt.Errorf("it is not JSON: %w", json.Unmarshal(text, new(any)))
	}
	var out bytes.Buffer
	if err := stringify(&out, decoder); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func stringify(out *bytes.Buffer, decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return object(out, decoder)
		}
		return array(out, decoder)
	case json.Number:
		out.WriteString(number(token))
	case string:
		quote(out, token)
	case bool:
		out.WriteString(strconv.FormatBool(token))
	case nil:
		out.WriteString("null")
	}
	return nil
}

func array(out *bytes.Buffer, decoder *json.Decoder) error {
	out.WriteByte('[')
	for i := 0; decoder.More(); i++ {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := stringify(out, decoder); err != nil {
			return err
		}
	}
	out.WriteByte(']')
	_, err := decoder.Token()
	return err
}

func object(out *bytes.Buffer, decoder *json.Decoder) error {
	var keys []string
	values := map[string][]byte{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		key := fmt.Sprint(token)
		var value bytes.Buffer
		if err := stringify(&value, decoder); err != nil {
			return err
		}
		if _, known := values[key]; !known {
			keys = append(keys, key)
		}
		values[key] = value.Bytes()
	}
	slices.SortStableFunc(keys, indicesFirst)
	out.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			out.WriteByte(',')
		}
		quote(out, key)
		out.WriteByte(':')
		out.Write(values[key])
	}
	out.WriteByte('}')
	_, err := decoder.Token()
	return err
}

// indicesFirst orders keys as JavaScript's objects do.
func indicesFirst(a, b string) int {
	i, isIndex := index(a)
	j, isOtherIndex := index(b)
	switch {
	case isIndex && isOtherIndex && i < j, isIndex && !isOtherIndex:
		return -1
	case isIndex && isOtherIndex && i > j, !isIndex && isOtherIndex:
		return 1
	}
	return 0
}

func index(key string) (uint64, bool) {
	i, err := strconv.ParseUint(key, 10, 32)
	return i, err == nil && i < math.MaxUint32 && strconv.FormatUint(i, 10) == key
}

func number(text json.Number) string {
	value, err := strconv.ParseFloat(text.String(), 64)
	switch {
	case err != nil: // out of range, which JSON.parse reads as infinity
		return "null"
	case value == 0:
		return "0" // JSON.stringify writes minus zero so
	case math.Abs(value) >= 1e21 || math.Abs(value) < 1e-6:
		short := strconv.FormatFloat(value, 'e', -1, 64)
		return strings.NewReplacer("e-0", "e-", "e+0", "e+").Replace(short)
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

func quote(out *bytes.Buffer, text string) {
	const short = "\b\t\n\f\r\"\\"
	const letters = `btnfr"\`
	out.WriteByte('"')
	for _, r := range text {
		at := strings.IndexRune(short, r)
		switch {
		case at >= 0:
			out.WriteByte('\\')
			out.WriteByte(letters[at])
		case r < 0x20:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
