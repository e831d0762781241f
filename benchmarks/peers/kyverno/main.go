// What Kyverno's own controller makes of `cleanup.kyverno.io/ttl`: values come as JSON lines, each answer is
// `[what, instant or message]`. The argument is the time of creation.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"
	_ "unsafe" // for linkname

	_ "github.com/kyverno/kyverno/pkg/controllers/ttl"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Kyverno does not export it, so it is linked by its name (-ldflags=-checklinkname=0).
//
//go:linkname parseDeletionTime github.com/kyverno/kyverno/pkg/controllers/ttl.parseDeletionTime
func parseDeletionTime(object metav1.Object, deletion *time.Time, ttl string) error

func main() {
	created, err := time.Parse(time.RFC3339, os.Args[1])
	if err != nil {
		panic(err)
	}
	object := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{CreationTimestamp: metav1.NewTime(created)}}
	out := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var value string
		if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
			panic(err)
		}
		var found time.Time
		answer := []string{"read", ""}
		if err := parseDeletionTime(object, &found, value); err != nil {
			answer = []string{"error", err.Error()}
		} else {
			answer[1] = found.UTC().Format("2006-01-02T15:04:05Z")
		}
		_ = out.Encode([][]string{answer})
	}
}
