package wire_test

import (
	"testing"

	"github.com/webhook-providers/terraform-provider-webhook/internal/sandbox/wire"
)

// What is wanted is what Node.js prints for JSON.stringify(JSON.parse(text)).
var stringified = map[string]string{
	` { "b" : 1 , "a" : [ true , false , null ] } `:                          `{"b":1,"a":[true,false,null]}`,
	`{"b":1,"10":1,"9":1,"01":1,"-1":1,"a":1,"4294967295":1,"4294967294":1}`: `{"9":1,"10":1,"4294967294":1,"b":1,"01":1,"-1":1,"a":1,"4294967295":1}`,
	`{"a":1,"b":2,"a":3}`:                               `{"a":3,"b":2}`,
	`[1.0,1e3,1E-7,-0,0.10,1e21,123456789012345678901]`: `[1,1000,1e-7,0,0.1,1e+21,123456789012345680000]`,
	`[1e999,-1e999,1e-400,0.000001,1.5e300]`:            `[null,null,0,0.000001,1.5e+300]`,
	`"<a&b>\u003c\u2028\u00e9\/"`:                       "\"<a&b><\u2028é/\"",
	`"\u0000\u001f\b\t\n\f\r\"\\\u007f"`:                "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\\u007f\"",
	`"🙂\ud83d\ude42"`:                                   `"🙂🙂"`,
	`{}`:                                                `{}`,
	`[[],{"a":{}}]`:                                     `[[],{"a":{}}]`,
}

func TestStringify(t *testing.T) {
	t.Parallel()
	for text, want := range stringified {
		for _, again := range []string{text, want} {
			if got, err := wire.Stringify([]byte(again)); err != nil || string(got) != want {
				t.Errorf("%s gives %s (%v), want %s", again, got, err, want)
			}
		}
	}
	for _, text := range []string{"", "{", `{"a":1}{}`, "nonsense", "[1,]"} {
		if got, err := wire.Stringify([]byte(text)); err == nil {
			t.Errorf("%s gives %s", text, got)
		}
	}
}

func FuzzStringify(f *testing.F) {
	for text := range stringified {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := wire.Stringify(text)
		if err != nil {
			return
		}
		if twice, err := wire.Stringify(once); err != nil || string(twice) != string(once) {
			t.Errorf("%s gives %s and then %s (%v)", text, once, twice, err)
		}
	})
}

func TestURLWithoutSecrets(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://hooks.example.com/in":                    "https://hooks.example.com/in",
		"https://user:pass@hooks.example.com/in?token=xy": "https://hooks.example.com/in?…",
		"://": "",
	} {
		if got := wire.Harmless(url); got != want {
			t.Errorf("%s is shown as %s, want %s", url, got, want)
		}
	}
}
