// What go-str2duration and Go's standard library make of a value: values come as JSON lines, each answer is
// `[what, instant or message]` for each. The argument is the time of creation.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"

	"github.com/xhit/go-str2duration/v2"
)

func main() {
	created, err := time.Parse(time.RFC3339, os.Args[1])
	if err != nil {
		panic(err)
	}
	instant := func(found time.Time, err error) []string {
		if err != nil {
			return []string{"error", err.Error()}
		}
		return []string{"read", found.UTC().Format("2006-01-02T15:04:05Z")}
	}
	out := json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var value string
		if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
			panic(err)
		}
		duration, err := str2duration.ParseDuration(value)
		loose := instant(created.Add(duration), err)
		strict := instant(time.Parse(time.RFC3339, value))
		if duration, err := time.ParseDuration(value); err == nil {
			strict = instant(created.Add(duration), nil)
		}
		_ = out.Encode([][]string{loose, strict})
	}
}
