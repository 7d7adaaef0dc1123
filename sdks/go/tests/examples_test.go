package tests

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// command builds a program of the module and returns a command that runs it against a server.
func command(t testing.TB, server *server, program string, arguments ...string) *exec.Cmd {
	t.Helper()
	built := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", append(append([]string{"build", "-o", built}, arguments...), program)...)
	build.Dir = ".."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	command := exec.Command(built)
	command.Env = append(withoutRingdown(os.Environ()), "RINGDOWN_ADDRESS="+server.address, "RINGDOWN_KEY="+server.key)
	command.Stderr = os.Stderr
	return command
}

func output(t testing.TB, command *exec.Cmd) string {
	t.Helper()
	return string(must(command.Output())(t))
}

// fromReadme compiles a block of the README as a program of this module.
func fromReadme(t testing.TB, server *server, number int, block string) *exec.Cmd {
	t.Helper()
	directory := t.TempDir()
	source, overlay := filepath.Join(directory, "main.go"), filepath.Join(directory, "overlay.json")
	check(t, os.WriteFile(source, []byte(block), 0o600))
	program := "./readme" + strconv.Itoa(number)
	seen := must(filepath.Abs(filepath.Join("..", program, "main.go")))(t)
	replace := map[string]map[string]string{"Replace": {seen: source}}
	check(t, os.WriteFile(overlay, must(json.Marshal(replace))(t), 0o600))
	return command(t, server, program, "-overlay", overlay)
}

func TestReadme(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	readme := string(must(os.ReadFile("../README.md"))(t))
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(readme, -1)
	expect(t, len(blocks) == 3, "three programs")
	said := output(t, fromReadme(t, server, 0, blocks[0][1]))
	lines := strings.Split(strings.TrimSpace(said), "\n")
	expect(t, strings.HasPrefix(lines[len(lines)-1], "CALL_STATUS_HANGUP"), "a call that ends: "+said)
	_, body, _ := strings.Cut(blocks[0][1], "func main() {\n")
	expect(t, strings.Count(body, "\n")-1 <= 10, "ten lines")
	said = output(t, fromReadme(t, server, 1, blocks[1][1]))
	expect(t, strings.HasPrefix(said, "InvalidArgument INVALID_ID"), "a reason: "+said)
	said = output(t, fromReadme(t, server, 2, blocks[2][1]))
	expect(t, said == "true [] <nil>\n", "a flow that is right: "+said)
}

func TestExamples(t *testing.T) {
	server := start(t, "--sim-speed", "1000")
	t.Run("makecall", func(t *testing.T) {
		said := output(t, command(t, server, "./examples/makecall"))
		expect(t, strings.Contains(said, "CALL_STATUS_HANGUP HANGUP_REASON_NORMAL"), "a call that ends: "+said)
	})
	t.Run("ivr", func(t *testing.T) {
		said := output(t, command(t, server, "./examples/ivr"))
		expect(t, strings.Contains(said, "You are with support.\ndepartment: support"), "support: "+said)
	})
	t.Run("wallboard", func(t *testing.T) { wallboard(t, server) })
}

func wallboard(t *testing.T, server *server) {
	client := server.client(t)
	block := flow.Block().MustActions()
	made := must(client.CreateActiveflow(t.Context(), &v1.CreateActiveflowRequest{Actions: block}))(t)
	id := made.GetActiveflow().GetId()
	board := command(t, server, "./examples/wallboard")
	board.Args = append(board.Args, "-until-idle")
	stdout := must(board.StdoutPipe())(t)
	check(t, board.Start())
	isShown, last := false, ""
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		last = lines.Text()
		if !isShown && strings.Contains(last, id) && strings.Contains(last, "block") {
			isShown = true
			must(client.StopActiveflow(t.Context(), &v1.StopActiveflowRequest{Id: id}))(t)
		}
	}
	expect(t, isShown && last == "0 running", "a board that is empty in the end: "+last)
	check(t, board.Wait())
}
