package web

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"testing"
)

// tokens reads the colours out of the style sheet: name → light, dark.
func tokens(t *testing.T) map[string][2]rgb {
	t.Helper()
	found := map[string][2]rgb{}
	for _, m := range regexp.MustCompile(`--([a-z-]+):\s*light-dark\((#[0-9a-f]+),\s*(#[0-9a-f]+)\)`).FindAllStringSubmatch(string(assets()["amends.css"].plain), -1) {
		found[m[1]] = [2]rgb{colour(t, m[2]), colour(t, m[3])}
	}
	if len(found) < 19 {
		t.Fatalf("the style sheet has %d colours, want at least 19", len(found))
	}
	return found
}

// rgb is a colour in linear light, each part from 0 to 1.
type rgb [3]float64

func colour(t *testing.T, s string) rgb {
	t.Helper()
	if len(s) == 4 {
		s = fmt.Sprintf("#%c%c%c%c%c%c", s[1], s[1], s[2], s[2], s[3], s[3])
	}
	var c rgb
	for i := range c {
		n, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

func luminance(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast is WCAG's ratio of two colours.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

var modes = [2]string{"light", "dark"}

func TestTextAndControlsHaveContrast(t *testing.T) {
	colours := tokens(t)
	pairs := []struct {
		front, back string
		least       float64
	}{
		{"text", "bg", 4.5}, {"text", "sunk", 4.5}, {"muted", "bg", 4.5}, {"muted", "sunk", 4.5},
		{"link", "bg", 4.5}, {"link", "sunk", 4.5}, {"btn-text", "btn", 4.5}, {"bg", "outage", 4.5},
		{"text", "outage-bg", 4.5}, {"text", "ok-bg", 4.5}, {"text", "degraded-bg", 4.5},
		{"control", "bg", 3}, {"link", "outage-bg", 3},
	}
	for _, s := range states {
		pairs = append(pairs, struct {
			front, back string
			least       float64
		}{s.ID, "bg", 4.5}, struct {
			front, back string
			least       float64
		}{s.ID, s.ID + "-bg", 4.5})
	}
	for _, p := range pairs {
		for i, mode := range modes {
			front, ok := colours[p.front]
			back, ok2 := colours[p.back]
			if got := contrast(front[i], back[i]); !ok || !ok2 || got < p.least {
				t.Errorf("%s: %s on %s has contrast %.2f, want %.1f", mode, p.front, p.back, got, p.least)
			}
		}
	}
}

func TestTabIconsShowOnLightAndDarkBars(t *testing.T) {
	for _, s := range states {
		for _, bar := range []string{"#ffffff", "#202124"} {
			if got := contrast(colour(t, s.tab), colour(t, bar)); got < 3 {
				t.Errorf("%s in the tab has contrast %.2f on %s, want 3", s.ID, got, bar)
			}
		}
	}
}

// visions turn a colour into what a person with that vision sees, in linear
// light: Machado, Oliveira and Fernandes (2009), severity 1.
var visions = map[string][3][3]float64{
	"normal": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protan": {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deutan": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritan": {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c rgb, by [3][3]float64) rgb {
	var out rgb
	for i, row := range by {
		out[i] = min(1, max(0, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return out
}

func TestStatesDifferForEveryColourVision(t *testing.T) {
	colours := tokens(t)
	for i, mode := range modes {
		for vision, matrix := range visions {
			for a := range states {
				for b := range a {
					x, y := colours[states[a].ID][i], colours[states[b].ID][i]
					if got := ciede2000(lab(seen(x, matrix)), lab(seen(y, matrix))); got < 12 {
						t.Errorf("%s, %s: %s and %s are %.1f apart, want 12", mode, vision, states[a].ID, states[b].ID, got)
					}
				}
			}
		}
	}
}

// The pairs and distances are from Sharma, Wu and Dalal (2005), table 1.
func TestTheColourDistanceIsCIEDE2000(t *testing.T) {
	for _, c := range []struct {
		a, b [3]float64
		want float64
	}{
		{[3]float64{50, 2.6772, -79.7751}, [3]float64{50, 0, -82.7485}, 2.0425},
		{[3]float64{50, 2.5, 0}, [3]float64{73, 25, -18}, 27.1492},
		{[3]float64{50, 2.49, -0.001}, [3]float64{50, -2.49, 0.0011}, 7.2195},
		{[3]float64{2.0776, 0.0795, -1.135}, [3]float64{0.9033, -0.0636, -0.5514}, 0.9082},
	} {
		if got := ciede2000(c.a, c.b); math.Abs(got-c.want) > 0.0001 {
			t.Errorf("ciede2000(%v, %v) = %.4f, want %.4f", c.a, c.b, got, c.want)
		}
	}
}

// lab turns linear sRGB into CIE L*a*b* under D65.
func lab(c rgb) [3]float64 {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
	y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
	z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// ciede2000 is the CIE's distance of two colours in L*a*b*.
func ciede2000(p, q [3]float64) float64 {
	const rad = math.Pi / 180
	root := func(c float64) float64 { c7 := math.Pow(c, 7); return math.Sqrt(c7 / (c7 + math.Pow(25, 7))) }
	g := 0.5 * (1 - root((math.Hypot(p[1], p[2])+math.Hypot(q[1], q[2]))/2))
	polar := func(v [3]float64) (chroma, hue float64) {
		a := v[1] * (1 + g)
		hue = math.Atan2(v[2], a) / rad
		if hue < 0 {
			hue += 360
		}
		return math.Hypot(a, v[2]), hue
	}
	c1, h1 := polar(p)
	c2, h2 := polar(q)
	dh, sum := h2-h1, h1+h2
	switch {
	case c1*c2 == 0:
		dh = 0
	case dh > 180:
		dh -= 360
	case dh < -180:
		dh += 360
	}
	mean := sum / 2
	switch {
	case c1*c2 == 0:
		mean = sum
	case math.Abs(h1-h2) > 180 && sum < 360:
		mean += 180
	case math.Abs(h1-h2) > 180:
		mean -= 180
	}
	dl, dc := q[0]-p[0], c2-c1
	dH := 2 * math.Sqrt(c1*c2) * math.Sin(dh/2*rad)
	l, c := (p[0]+q[0])/2, (c1+c2)/2
	weight := 1 - 0.17*math.Cos((mean-30)*rad) + 0.24*math.Cos(2*mean*rad) + 0.32*math.Cos((3*mean+6)*rad) - 0.20*math.Cos((4*mean-63)*rad)
	sl := 1 + 0.015*(l-50)*(l-50)/math.Sqrt(20+(l-50)*(l-50))
	sc, sh := 1+0.045*c, 1+0.015*c*weight
	turn := -math.Sin(60*math.Exp(-math.Pow((mean-275)/25, 2))*rad) * 2 * root(c)
	return math.Sqrt(dl/sl*dl/sl + dc/sc*dc/sc + dH/sh*dH/sh + turn*dc/sc*dH/sh)
}
