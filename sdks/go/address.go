package ringdown

import v1 "github.com/ringdown-voice/ringdown/sdks/go/ringdown/v1"

// Tel returns the address of a telephone number in E.164: Tel("+15550000001").
func Tel(number string) *v1.Address { return &v1.Address{Type: "tel", Target: number} }

// SIP returns a SIP address, user@host.
func SIP(address string) *v1.Address { return &v1.Address{Type: "sip", Target: address} }

// Extension returns the address of a registered endpoint.
func Extension(number string) *v1.Address { return &v1.Address{Type: "extension", Target: number} }

// Email returns an email address.
func Email(address string) *v1.Address { return &v1.Address{Type: "email", Target: address} }
