// Package tests tests the SDK against the real server.
package tests

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	ringdown "github.com/ringdown-voice/ringdown/sdks/go"
)

// patience is the time limit for the start of a server and for anything else to happen.
const patience = 30 * time.Second

// server is the built binary with a separate database. It keeps its port when it restarts.
type server struct {
	t         testing.TB
	home      string
	listen    string
	arguments []string
	process   *exec.Cmd
	address   string
	key       string
	operator  string
}

// start starts a server that ends with the test.
func start(t testing.TB, arguments ...string) *server {
	server := &server{t: t, home: t.TempDir(), listen: "127.0.0.1:0", arguments: arguments}
	server.start()
	t.Cleanup(server.kill)
	return server
}

func binary() string {
	if path := os.Getenv("RINGDOWN_BIN"); path != "" {
		return path
	}
	return filepath.Join("..", "..", "..", "target", "debug", "ringdown")
}

func (server *server) start() {
	server.t.Helper()
	database := "sqlite://" + filepath.Join(server.home, "ringdown.db")
	arguments := append([]string{"serve", "--listen", server.listen, "--database", database}, server.arguments...)
	server.process = exec.Command(binary(), arguments...)
	server.process.Env = append(withoutRingdown(os.Environ()), "RINGDOWN_LOG=warn")
	server.process.Stderr = os.Stderr
	stdout, err := server.process.StdoutPipe()
	check(server.t, err)
	check(server.t, server.process.Start())
	said := greeting(server.t, stdout)
	server.address = regexp.MustCompile(`https?://\S+?:\d+`).FindString(said)
	_, server.listen, _ = strings.Cut(server.address, "//")
	if key := regexp.MustCompile(`rd_[A-Za-z0-9_-]+`).FindString(said); key != "" {
		server.key = key
	}
	if key := regexp.MustCompile(`OPERATOR_KEY=(rd_[A-Za-z0-9_-]+)`).FindStringSubmatch(said); key != nil {
		server.operator = key[1]
	}
}

// greeting reads until the server reports that it listens.
func greeting(t testing.TB, stdout io.Reader) string {
	t.Helper()
	told := make(chan string, 1)
	go func() {
		var said strings.Builder
		isTold := false
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			// The greeting ends with the command for grpcurl.
			if !isTold && strings.Contains(lines.Text(), "grpcurl") {
				isTold = true
				told <- said.String()
			}
		}
	}()
	select {
	case said := <-told:
		return said
	case <-time.After(patience):
		t.Fatal("the server does not start")
		return ""
	}
}

// kill kills the process, like a crash.
func (server *server) kill() {
	if server.process == nil {
		return
	}
	// It may have ended by itself, and the status of a killed process is an error.
	_ = server.process.Process.Kill()
	_ = server.process.Wait()
	server.process = nil
}

func (server *server) restart() {
	server.t.Helper()
	server.kill()
	server.start()
}

// client returns a client of the server that is closed with the test.
func (server *server) client(t testing.TB) *ringdown.Client {
	t.Helper()
	return connect(t, server.address, server.key)
}

func connect(t testing.TB, address, key string, options ...ringdown.Option) *ringdown.Client {
	t.Helper()
	client, err := ringdown.New(address, key, options...)
	check(t, err)
	t.Cleanup(func() { check(t, client.Close()) })
	return client
}

func withoutRingdown(environment []string) []string {
	var kept []string
	for _, it := range environment {
		if !strings.HasPrefix(it, "RINGDOWN_") {
			kept = append(kept, it)
		}
	}
	return kept
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must returns the response of an RPC that must succeed.
func must[Answer any](answer Answer, err error) func(testing.TB) Answer {
	return func(t testing.TB) Answer {
		t.Helper()
		check(t, err)
		return answer
	}
}
