// Command drift compares what this project knows of the vendors' webhook APIs with the pages that the vendors publish, and
// prints what differs as Markdown. It exits with 0 when nothing does, with 1 when something does, and with 2 when it
// cannot tell.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, vendors(), os.Stdout, os.Stderr))
}

func run(ctx context.Context, vendors []vendor, report, complaints io.Writer) int {
	code := 0
	for _, v := range vendors {
		differences, err := v.differences(ctx)
		if err != nil {
			_, _ = fmt.Fprintf(complaints, "drift: %s: %v\n", v.name, err)
			code = 2
			continue
		}
		if len(differences) > 0 {
			code = max(code, 1)
			_, _ = io.WriteString(report, v.markdown(differences))
		}
	}
	return code
}
