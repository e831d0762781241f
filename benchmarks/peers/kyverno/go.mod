module example.com/reading

go 1.24

require github.com/kyverno/kyverno v1.19.1
