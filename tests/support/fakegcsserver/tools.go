//go:build tools

// Package fakegcsserver names the program that tests/support builds. It is never
// compiled itself: the import makes `go mod tidy` keep what the program needs.
package fakegcsserver

import _ "github.com/fsouza/fake-gcs-server"
