package notify

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"amends.dev/internal/fault"
)

// target reads the address of an endpoint. It refuses what different programs
// read differently: credentials before the host, numbers that some resolvers
// take for addresses, zones, backslashes, anything but http and https.
func target(raw string) (*url.URL, error) {
	if !validLink(raw) {
		return nil, fault.New(fault.Invalid, "Enter a full address such as https://chat.example.com/hooks/abc")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, "Enter a full address such as https://chat.example.com/hooks/abc")
	}
	if u.Fragment != "" {
		return nil, fault.New(fault.Invalid, "Enter the address without the part from # on")
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return u, portOf(u)
	}
	if strings.ContainsAny(host, "%:") || host == "" || numeric(host) {
		return nil, fault.New(fault.Invalid, "Enter a host name, or an address as four numbers from 0 to 255")
	}
	return u, portOf(u)
}

func portOf(u *url.URL) error {
	text := u.Port()
	if text == "" {
		if strings.HasSuffix(u.Host, ":") {
			return fault.New(fault.Invalid, "Enter a port after the colon, or leave the colon out")
		}
		return nil
	}
	if port, err := strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
		return fault.New(fault.Invalid, "Enter a port from 1 to 65535")
	}
	return nil
}

// numeric reports a host whose last label is a number: not a name, and not an
// address that everybody reads the same way. 2130706433, 0x7f.1, 127.1 and
// 0177.0.0.1 are such hosts.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" {
		return true
	}
	digits := strings.Trim(last, "0123456789") == ""
	lower := strings.ToLower(last)
	return digits || strings.HasPrefix(lower, "0x") && strings.Trim(lower[2:], "0123456789abcdef") == ""
}

// refusedLiteral reports whether the URL names, as numbers, an address that
// the guard refuses. A form can say so at once; names are judged on dialling.
func (g Guard) refusedLiteral(u *url.URL) bool {
	addr, err := netip.ParseAddr(strings.TrimSuffix(u.Hostname(), "."))
	if err != nil {
		return false
	}
	port := 443
	if u.Scheme == "http" {
		port = 80
	}
	if text := u.Port(); text != "" {
		port, _ = strconv.Atoi(text) // target has checked it
	}
	return g.refuses(netip.AddrPortFrom(addr, uint16(port))) != nil
}
