package web

import "net/http"

// contentPolicy lets a page load its own scripts, styles and images and
// nothing else: no inline code, no eval, no frame, no foreign address.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// htmxConfig goes into <meta name="htmx-config"> of the pages that load htmx.
// The indicator style would be an inline style, which the policy refuses.
const htmxConfig = `{"includeIndicatorCSS":false}`

// withSecurity sets the headers that every answer of this room carries.
// secure reports whether the request came over TLS, here or at a trusted
// proxy; nil means it never did. A handler may overwrite Cache-Control;
// privatePage does it for what only a signed-in person may see.
func withSecurity(secure func(*http.Request) bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if secure != nil && secure(r) {
			h.Set("Strict-Transport-Security", "max-age=63072000")
		}
		next.ServeHTTP(w, r)
	})
}

// privatePage keeps a page for signed-in people out of every cache, also the
// one behind the browser's back button.
func privatePage(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
}
