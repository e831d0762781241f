//go:build tools

// Package fakegcsserver names the program, so that Go keeps its module in go.mod.
package fakegcsserver

import _ "github.com/fsouza/fake-gcs-server"
