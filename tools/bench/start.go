package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// startsPerCount is how many starts are measured where other things are measured once: they are short, and vary.
const startsPerCount = 10

// measureStarts measures the time from the start of a provider's process to its schema.
func (b *bench) measureStarts(ctx context.Context) error {
	for range b.count * startsPerCount {
		for _, who := range []string{"webhook", "empty"} {
			took, err := startToSchema(ctx, b.program(who), io.Discard)
			if err != nil {
				return fmt.Errorf("start of %s: %w", who, err)
			}
			b.add("start/who="+who, "sec/op", took.Seconds())
		}
	}
	return nil
}

// startToSchema starts a provider as a CLI does, with these environment variables besides, asks for its schema and ends it.
func startToSchema(ctx context.Context, program string, log io.Writer, environment ...string) (time.Duration, error) {
	command := exec.CommandContext(ctx, program)
	command.Env = append(append(os.Environ(), "PLUGIN_PROTOCOL_VERSIONS=6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"), environment...)
	command.Stderr = log
	printed, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := command.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	}()
	handshake, err := bufio.NewReader(printed).ReadString('\n')
	if err == nil {
		err = askSchema(ctx, handshake)
	}
	return time.Since(start), err
}

// askSchema asks the provider that a handshake tells of for its schema. What is in it matters to nobody here, so the answer
// is decoded as a message without fields.
func askSchema(ctx context.Context, handshake string) error {
	fields := strings.Split(strings.TrimSpace(handshake), "|")
	if len(fields) < 5 || fields[4] != "grpc" {
		return fmt.Errorf("%q is not the handshake of a provider", handshake)
	}
	connection, err := grpc.NewClient(fields[2]+":"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	var schema emptypb.Empty
	if err := connection.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", &emptypb.Empty{}, &schema); err != nil {
		return err
	}
	if len(schema.ProtoReflect().GetUnknown()) == 0 {
		return fmt.Errorf("the schema is empty")
	}
	return nil
}
