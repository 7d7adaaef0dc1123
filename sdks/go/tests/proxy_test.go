package tests

import (
	"net"
	"strings"
	"sync"
	"testing"
)

// proxy forwards bytes, counts the accepted connections, and cuts them on demand.
type proxy struct {
	listener net.Listener
	target   string
	address  string

	lock         sync.Mutex
	taken        int
	answersToCut int
	open         []net.Conn
}

func startProxy(t testing.TB, address string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	proxy := &proxy{
		listener: listener,
		target:   strings.TrimPrefix(address, "http://"),
		address:  "http://" + listener.Addr().String(),
	}
	go proxy.accept()
	t.Cleanup(func() {
		check(t, listener.Close())
		proxy.cut()
	})
	return proxy
}

func (proxy *proxy) accept() {
	for {
		client, err := proxy.listener.Accept()
		if err != nil {
			// The listener is closed.
			return
		}
		server, err := net.Dial("tcp", proxy.target)
		if err != nil {
			// The server is unavailable: the client must notice.
			client.Close()
			continue
		}
		proxy.lock.Lock()
		proxy.taken++
		proxy.open = append(proxy.open, client, server)
		proxy.lock.Unlock()
		go proxy.pass(client, server, false)
		go proxy.pass(server, client, true)
	}
}

// cut cuts all open connections.
func (proxy *proxy) cut() {
	proxy.lock.Lock()
	defer proxy.lock.Unlock()
	for _, connection := range proxy.open {
		connection.Close()
	}
	proxy.open = nil
}

// cutAnswers cuts the next count connections at the moment when the server responds.
func (proxy *proxy) cutAnswers(count int) {
	proxy.lock.Lock()
	defer proxy.lock.Unlock()
	proxy.answersToCut = count
}

func (proxy *proxy) connections() int {
	proxy.lock.Lock()
	defer proxy.lock.Unlock()
	return proxy.taken
}

func (proxy *proxy) pass(source, target net.Conn, isAnswer bool) {
	defer source.Close()
	defer target.Close()
	buffer := make([]byte, 65_536)
	for {
		count, err := source.Read(buffer)
		if isAnswer && proxy.isToBeCut(buffer[:count]) {
			return
		}
		if _, failed := target.Write(buffer[:count]); err != nil || failed != nil {
			return
		}
	}
}

func (proxy *proxy) isToBeCut(frames []byte) bool {
	proxy.lock.Lock()
	defer proxy.lock.Unlock()
	if proxy.answersToCut == 0 || !hasHead(frames) {
		return false
	}
	proxy.answersToCut--
	return true
}

// hasHead reports whether one of these HTTP/2 frames is the HEADERS of a response.
func hasHead(frames []byte) bool {
	const header, heads = 9, 1
	for len(frames) >= header {
		if frames[3] == heads {
			return true
		}
		length := header + int(frames[0])<<16 + int(frames[1])<<8 + int(frames[2])
		frames = frames[min(length, len(frames)):]
	}
	return false
}
