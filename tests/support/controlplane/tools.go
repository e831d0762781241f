//go:build tools

// Package controlplane names the programs that tests/support builds. It is never
// compiled itself: the imports make `go mod tidy` keep what the programs need.
package controlplane

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
