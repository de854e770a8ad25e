package notify

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"

	"amends.dev/internal/fault"
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

// ParseGuard reads the two options: prefixes ("10.0.0.0/8") or addresses
// ("10.1.2.3"), and ports. It reports every bad entry under the option's name.
func ParseGuard(private []string, ports []int) (Guard, error) {
	var g Guard
	var c fault.Checks
	for _, text := range private {
		prefix, err := netip.ParsePrefix(text)
		if addr, e := netip.ParseAddr(text); e == nil {
			prefix, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil || prefix.Addr().Is4In6() || prefix.Addr().Zone() != "" {
			c.Addf("allow_private", "%q is not a network. Write it like 10.0.0.0/8 or 10.1.2.3", text)
			continue
		}
		g.Private = append(g.Private, prefix.Masked())
	}
	for _, port := range ports {
		if port < 1 || port > 65535 {
			c.Addf("allow_ports", "%d is not a port. Choose one from 1 to 65535", port)
			continue
		}
		g.Ports = append(g.Ports, uint16(port))
	}
	return g, c.Err()
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
