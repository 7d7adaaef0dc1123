// Package ringdown is a client of Ringdown, the programmable-voice engine: it makes calls, runs flows and watches them live.
//
// A [Client] has a method for each RPC, with deadlines and with retries of RPCs that are safe to retry. Lists and watches are
// iterators. A watch reconnects by itself when the connection breaks or the server restarts. A [Flow] builds actions. The
// messages are in the package ringdown/v1.
package ringdown

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"

	v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"
)

// DefaultAddress is the address where a server listens by default.
const DefaultAddress = "http://127.0.0.1:8080"

// Client is a connection to a server. It is safe for concurrent use.
type Client struct {
	v1.Services

	connection   *grpc.ClientConn
	timeout      time.Duration
	reconnectFor time.Duration
}

type settings struct {
	timeout      time.Duration
	reconnectFor time.Duration
	tls          *tls.Config
	dial         []grpc.DialOption
}

// Option changes a default of a client.
type Option func(*settings)

// WithTimeout sets the deadline of an RPC including its retries, for contexts without a deadline. Default: 10 seconds.
func WithTimeout(timeout time.Duration) Option {
	return func(settings *settings) { settings.timeout = timeout }
}

// WithReconnectFor sets how long a watch tries to reconnect to an unavailable server. Default: 5 minutes.
func WithReconnectFor(time time.Duration) Option {
	return func(settings *settings) { settings.reconnectFor = time }
}

// WithTLS sets the TLS configuration for https addresses. By default, the certificates of the system are trusted.
func WithTLS(config *tls.Config) Option {
	return func(settings *settings) { settings.tls = config }
}

// WithDialOption adds an option of gRPC, such as a stats handler.
func WithDialOption(option grpc.DialOption) Option {
	return func(settings *settings) { settings.dial = append(settings.dial, option) }
}

// New creates a client for http://host:port or, with TLS, https://host:port, with an access key or a JWT. Empty arguments
// default to RINGDOWN_ADDRESS and RINGDOWN_KEY. The client connects when it is first used.
func New(address, key string, options ...Option) (*Client, error) {
	settings := settings{timeout: 10 * time.Second, reconnectFor: 5 * time.Minute, tls: &tls.Config{}}
	for _, option := range options {
		option(&settings)
	}
	address = firstOf(address, os.Getenv("RINGDOWN_ADDRESS"), DefaultAddress)
	key = firstOf(key, os.Getenv("RINGDOWN_KEY"))
	if key == "" || strings.ContainsFunc(key, func(it rune) bool { return it <= ' ' || it > '~' }) {
		return nil, fmt.Errorf("key: expected an access key or a JWT, here or in RINGDOWN_KEY")
	}
	target, transport, err := parse(address, settings.tls)
	if err != nil {
		return nil, err
	}
	client := &Client{timeout: settings.timeout, reconnectFor: settings.reconnectFor}
	dial := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithPerRPCCredentials(bearer(key)),
		grpc.WithUserAgent("ringdown-go/" + Version),
		grpc.WithUnaryInterceptor(client.unary),
		grpc.WithStreamInterceptor(stream),
		// This package retries, because it knows what is safe to retry.
		grpc.WithDisableRetry(),
		// Reconnects soon to a server that was restarted.
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: firstPause, Multiplier: 2, Jitter: 0.2, MaxDelay: longestPause},
			MinConnectTimeout: 20 * time.Second,
		}),
		// Detects a connection whose peer disappeared silently.
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
	}
	client.connection, err = grpc.NewClient(target, append(dial, settings.dial...)...)
	if err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	client.Services = v1.NewServices(client.connection)
	return client, nil
}

// Close closes the connection. RPCs and watches in progress fail with the code Canceled.
func (client *Client) Close() error {
	return client.connection.Close()
}

func (client *Client) isClosed() bool {
	return client.connection.GetState() == connectivity.Shutdown
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// parse splits an address into the target and its transport credentials.
func parse(address string, config *tls.Config) (string, credentials.TransportCredentials, error) {
	wrong := fmt.Errorf("address: expected http://host:port or https://host:port, not %q", address)
	url, err := url.Parse(address)
	if err != nil || url.Hostname() == "" || strings.Trim(url.Path, "/") != "" || url.RawQuery != "" {
		return "", nil, wrong
	}
	switch url.Scheme {
	case "http":
		return target(url, "80"), insecure.NewCredentials(), nil
	case "https":
		return target(url, "443"), credentials.NewTLS(config), nil
	}
	return "", nil, wrong
}

// The resolver of the system resolves names.
func target(url *url.URL, port string) string {
	return "dns:///" + net.JoinHostPort(url.Hostname(), firstOf(url.Port(), port))
}
