// Package web serves the pages that people read and the forms that they post.
//
// In comes an HTTP request; it becomes a command for the store or a question
// to its views. Out goes a whole HTML page that works without scripts. The
// style, the scripts and the icons are embedded and served from here, and a
// strict content policy lets a page load nothing else.
//
// It must never open a transaction, decide a rule of the domain, send a
// message, or let what a person typed reach a page unescaped.
package web
