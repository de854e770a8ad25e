//go:build !race

package lint_test

const raceOn = false
