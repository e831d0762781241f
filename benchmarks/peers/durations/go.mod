module example.com/reading

go 1.24

require github.com/xhit/go-str2duration/v2 v2.1.0
