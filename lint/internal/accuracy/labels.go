package main

import "io"

func measureLabels(w io.Writer, paths []string, only string, show int) error { return nil }
