package notify

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// Guard decides which addresses may be dialled. It looks at the address that
// a connection is really about to use, after every name was resolved, so that
// neither a redirect nor a name that changes its address gets around it. The
// zero value lets through the public internet on port 443 and nothing else.
type Guard struct {
	// Private lists addresses of our own network that may be dialled on any
	// port, where a team runs its chat or mail server.
	Private []netip.Prefix
	// Ports lists ports of the public internet that may be dialled besides 443.
	Ports []uint16
}

// mailPorts may be dialled on the public internet for mail, besides the
// guard's own.
var mailPorts = []uint16{25, 465, 587, 2525}

// Anywhere returns a guard that refuses nothing. It is for the mail server
// that the operator's own options name, which often stands on the same
// machine; never for an address that somebody can type into a form.
func Anywhere() Guard {
	return Guard{Private: []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0), netip.PrefixFrom(netip.IPv6Unspecified(), 0)}}
}

// refuses returns why addr may not be dialled, or nil.
func (g Guard) refuses(addr netip.AddrPort) error {
	ip := addr.Addr().Unmap()
	for _, prefix := range g.Private {
		if prefix.Contains(ip) {
			return nil
		}
	}
	ports := append([]uint16{443}, g.Ports...)
	if !slices.Contains(ports, addr.Port()) {
		return fmt.Errorf("%w: %d", ssrf.ErrProhibitedPort, addr.Port())
	}
	return ssrf.New(ssrf.WithAnyPort()).SafeAddr(ip)
}

// control returns the check that a net.Dialer runs on each address right
// before it connects. more lists ports to let through besides the guard's own.
func (g Guard) control(more ...uint16) func(string, string, syscall.RawConn) error {
	g.Ports = slices.Concat(g.Ports, more)
	return func(network, address string, _ syscall.RawConn) error {
		addr, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %q", ssrf.ErrInvalidHostPort, address)
		}
		if network != "tcp4" && network != "tcp6" {
			return fmt.Errorf("%w: %s", ssrf.ErrProhibitedNetwork, network)
		}
		return g.refuses(addr)
	}
}

// dialer returns a dialer that connects only where the guard lets it.
func (g Guard) dialer(resolver *net.Resolver, more ...uint16) *net.Dialer {
	return &net.Dialer{Timeout: dialWithin, Resolver: resolver, Control: g.control(more...)}
}
