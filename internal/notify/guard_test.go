package notify

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/foxcpp/go-mockdns"

	"amends.dev/internal/fault"
)

// canary listens on loopback and counts whoever connects.
type canary struct {
	net.Listener
	port     string
	touched  atomic.Int64
	finished chan struct{}
}

func newCanary(t testing.TB, address string) *canary {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatalf("listen on %s: %v", address, err)
	}
	c := &canary{Listener: l, finished: make(chan struct{})}
	_, c.port, _ = net.SplitHostPort(l.Addr().String())
	go func() {
		defer close(c.finished)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.touched.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-c.finished
	})
	return c
}

// nameServer answers for names of the test alone, so that no query leaves the
// machine. set changes what the next query is told.
type nameServer struct {
	current atomic.Pointer[mockdns.Server]
	queries atomic.Int64
}

func newNameServer(t testing.TB, zones ...map[string]mockdns.Zone) (*nameServer, func(int)) {
	t.Helper()
	var servers []*mockdns.Server
	for _, z := range zones {
		s, err := mockdns.NewServerWithLogger(z, silent{}, false)
		if err != nil {
			t.Fatalf("name server: %v", err)
		}
		t.Cleanup(func() { s.Close() })
		servers = append(servers, s)
	}
	n := &nameServer{}
	n.current.Store(servers[0])
	return n, func(i int) { n.current.Store(servers[i]) }
}

type silent struct{}

func (silent) Printf(string, ...any) {}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		n.queries.Add(1)
		return new(net.Dialer).DialContext(ctx, network, n.current.Load().LocalAddr().String())
	}}
}

// everyName resolves each name of the corpus to loopback, as a hostile or a
// lenient resolver would.
func everyName(targets []string) map[string]mockdns.Zone {
	zones := map[string]mockdns.Zone{}
	for _, raw := range targets {
		if u, err := target(raw); err == nil {
			zones[strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")+"."] = mockdns.Zone{A: []string{"127.0.0.1"}, AAAA: []string{"::1"}}
		}
	}
	return zones
}

// loopbackForms writes loopback and other inner addresses in every way that
// some program somewhere reads as an address.
func loopbackForms(port string) []string {
	var hosts []string
	for _, ip := range []string{
		"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
	} {
		b := netip.MustParseAddr(ip).As4()
		n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		hosts = append(hosts,
			ip, ip+".", fmt.Sprint(n), fmt.Sprintf("0x%x", n), fmt.Sprintf("0X%08X", n), fmt.Sprintf("0%o", n),
			fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", b[0], b[1], b[2], b[3]), fmt.Sprintf("0%o.0%o.0%o.0%o", b[0], b[1], b[2], b[3]),
			fmt.Sprintf("%03d.%03d.%03d.%03d", b[0], b[1], b[2], b[3]), fmt.Sprintf("%d.%d", b[0], n&0xffffff), fmt.Sprintf("%d.%d.%d", b[0], b[1], n&0xffff),
			fmt.Sprintf("0x%x.%d", b[0], n&0xffffff), fmt.Sprint(uint64(n)+1<<32),
			fmt.Sprintf("[::ffff:%s]", ip), fmt.Sprintf("[::ffff:%x:%x]", n>>16, n&0xffff), fmt.Sprintf("[0:0:0:0:0:ffff:%s]", ip),
			fmt.Sprintf("[::%s]", ip), fmt.Sprintf("[64:ff9b::%s]", ip), fmt.Sprintf("[2002:%x:%x::]", n>>16, n&0xffff),
			strings.ReplaceAll(ip, ".", "。"), strings.ReplaceAll(ip, ".", "%2e"), ip+"%00.example.com", ip+".nip.io",
		)
	}
	hosts = append(hosts, "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "sub.localhost", "ⓛocalhost", "①②⑦.⓪.⓪.①",
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]",
		"metadata.google.internal", "metadata", "instance-data", "rebind.example", "@127.0.0.1", "", ".", "..", "-", "127.0.0.1:80", "[127.0.0.1]")
	var urls []string
	for _, h := range hosts {
		urls = append(urls, "http://"+h+":"+port+"/")
	}
	for _, h := range []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port} {
		for _, scheme := range []string{"gopher", "file", "ftp", "dict", "ldap", "tftp", "jar", "data", "javascript", "unix", "ws", "HTTP", "https", "http+unix", ""} {
			urls = append(urls, scheme+"://"+h+"/")
		}
		urls = append(urls,
			"http://user@"+h+"/", "http://user:pass@"+h+"/", "http://example.com@"+h+"/", "http://example.com:443@"+h+"/", "http://"+h+"@example.com/",
			"http://example.com#@"+h+"/", "http://"+h+"#@example.com/", "http://example.com\\@"+h+"/", "http://"+h+"\\@example.com/", "http:///"+h+"/", "http:/"+h, "http:"+h,
			"//"+h+"/", " http://"+h+"/", "http://"+h+"/ ", "http://\t"+h+"/", "http://"+h+"/\r\nHost: x", "http://"+h+"/%0d%0aX:1", "http://"+h+"?@example.com/", "http://%31%32%37.0.0.1:"+port+"/",
			"url:http://"+h+"/", "http://example.com&@"+h+"/", "http://"+h+";example.com/", "http://"+h+"\x00.example.com/")
	}
	return urls
}

func TestNoWayOfWritingAnInnerAddressReachesIt(t *testing.T) {
	c := newCanary(t, "127.0.0.1:0")
	urls := loopbackForms(c.port)
	if len(urls) < 300 {
		t.Fatalf("the corpus has %d forms, want at least 300", len(urls))
	}
	names, _ := newNameServer(t, everyName(urls))
	client := newClient(Guard{Ports: []uint16{portNumber(t, c.port)}}, names.resolver())
	defer client.Close()
	read := 0
	for _, u := range urls {
		if _, err := target(u); err == nil {
			read++
		}
		_, retry, err := client.post(t.Context(), u, nil, []byte("{}"))
		if err == nil {
			t.Errorf("post(%q) = nil, want a refusal", u)
			continue
		}
		if kind, say, _ := fault.Public(err); say == "" || kind == fault.Internal {
			t.Errorf("post(%q) says %q (%s), want a sentence of ours", u, say, kind)
		}
		if _, readable := target(u); readable != nil && retry {
			t.Errorf("post(%q) is tried again, want not", u)
		}
	}
	if n := c.touched.Load(); n != 0 {
		t.Errorf("the canary was touched %d times, want 0", n)
	}
	// The canary does sing: without the guard in the way it is reached.
	if loopback(t).post(t.Context(), "http://127.0.0.1:"+c.port, nil, nil); c.touched.Load() == 0 {
		t.Error("the canary is not reachable at all, so the test shows nothing")
	}
	t.Logf("%d forms, %d of them read as addresses and stopped at the dial", len(urls), read)
}

func portNumber(t testing.TB, port string) uint16 {
	t.Helper()
	addr, err := netip.ParseAddrPort("127.0.0.1:" + port)
	if err != nil {
		t.Fatal(err)
	}
	return addr.Port()
}

func TestARedirectToLoopbackIsNotFollowed(t *testing.T) {
	c := newCanary(t, "127.0.0.1:0")
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:"+c.port+"/", status))
		// The redirecting server is allowed, the canary's address as well: even
		// then nothing is followed.
		client := newClient(Guard{Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, nil)
		a, _, err := client.post(t.Context(), server.URL, nil, []byte("{}"))
		if err != nil || a.status != status {
			t.Errorf("post = %d, %v; want the redirect itself, %d", a.status, err, status)
		}
		client.Close()
		server.Close()
	}
	if n := c.touched.Load(); n != 0 {
		t.Errorf("the canary was touched %d times, want 0", n)
	}
}

// The name first leads to a server that may be reached, and to loopback on
// the next look. 127.0.0.2 stands in for the public server, so that the test
// shows both the passing and the refused connection without a network.
func TestANameThatChangesItsAddressIsCaughtOnDialling(t *testing.T) {
	c := newCanary(t, "127.0.0.1:0")
	l, err := net.Listen("tcp", "127.0.0.2:"+c.port)
	if err != nil {
		t.Fatalf("listen beside the canary: %v", err)
	}
	public := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })}
	served := make(chan struct{})
	go func() { defer close(served); public.Serve(l) }()
	defer func() { public.Close(); <-served }()

	names, turn := newNameServer(t,
		map[string]mockdns.Zone{"hook.example.": {A: []string{"127.0.0.2"}}},
		map[string]mockdns.Zone{"hook.example.": {A: []string{"127.0.0.1"}}},
		map[string]mockdns.Zone{"hook.example.": {A: []string{"127.0.0.1", "127.0.0.3"}, AAAA: []string{"::1", "::ffff:127.0.0.1"}}})
	client := newClient(Guard{Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}, Ports: []uint16{portNumber(t, c.port)}}, names.resolver())
	defer client.Close()
	send := func() (int, bool, error) {
		a, retry, err := client.post(t.Context(), "http://hook.example:"+c.port+"/", nil, []byte("{}"))
		return a.status, retry, err
	}
	if status, _, err := send(); err != nil || status != 200 {
		t.Fatalf("first look: %d, %v; want 200", status, err)
	}
	for i := 1; i <= 2; i++ {
		turn(i)
		if status, retry, err := send(); err == nil || retry {
			t.Errorf("look %d: %d, retry %v, %v; want a refusal for good", i+1, status, retry, err)
		}
	}
	if n := c.touched.Load(); n != 0 {
		t.Errorf("the canary was touched %d times, want 0", n)
	}
}

func TestTheGuardLetsThePublicInternetThroughOnItsPorts(t *testing.T) {
	open := Guard{Ports: []uint16{8443}, Private: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}}
	for address, pass := range map[string]bool{
		"93.184.216.34:443": true, "93.184.216.34:8443": true, "93.184.216.34:80": false, "93.184.216.34:22": false,
		"[2606:4700::1111]:443": true, "[2606:4700::1111]:25": false, "[::ffff:93.184.216.34]:443": true, "[::ffff:127.0.0.1]:443": false,
		"10.1.2.3:8065": true, "10.2.0.1:443": false, "[fd00::5]:2586": true, "[fe80::1]:443": false, "169.254.169.254:443": false,
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := open.control()(network, address, nil); (err == nil) != pass {
			t.Errorf("control(%s) = %v, want pass %v", address, err, pass)
		}
	}
	if err := (Guard{}).control()("udp4", "93.184.216.34:443", nil); err == nil {
		t.Error("control(udp4) = nil, want a refusal")
	}
	if err := (Guard{}).control(mailPorts...)("tcp4", "93.184.216.34:587", nil); err != nil {
		t.Errorf("control(mail port) = %v, want nil", err)
	}
}

func TestTheGuardForTheOperatorsOwnServerRefusesNothing(t *testing.T) {
	for _, address := range []string{"127.0.0.1:25", "10.1.2.3:1025", "[::1]:587", "[fd00::1]:2525", "93.184.216.34:26"} {
		if err := Anywhere().refuses(netip.MustParseAddrPort(address)); err != nil {
			t.Errorf("refuses(%s) = %v, want nil", address, err)
		}
	}
}

func FuzzTarget(f *testing.F) {
	for _, u := range loopbackForms("8080")[:100] {
		f.Add(u)
	}
	guard := Guard{}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := target(raw)
		if err != nil {
			return
		}
		if u.User != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(u.Host, "\\@#? \t\r\n") {
			t.Errorf("target(%q) let %#v through", raw, u)
		}
		if addr, err := netip.ParseAddr(strings.TrimSuffix(u.Hostname(), ".")); err == nil && addr.Unmap().IsLoopback() && !guard.refusedLiteral(u) {
			t.Errorf("refusedLiteral(%q) = false for loopback", raw)
		}
	})
}

// deadline keeps a test that hangs from hanging for long.
func deadline(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
