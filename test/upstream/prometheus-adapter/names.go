// Random rules of prometheus-adapter and the names that its own package gives to series; names.jsonl.gz is what this prints.
//
//	go mod init names && go get sigs.k8s.io/prometheus-adapter@v0.12.0 && go run names.go | gzip -9n > names.jsonl.gz
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"

	prom "sigs.k8s.io/prometheus-adapter/pkg/client"
	"sigs.k8s.io/prometheus-adapter/pkg/config"
	"sigs.k8s.io/prometheus-adapter/pkg/naming"
)

type Filter struct {
	Is    string `json:"is,omitempty"`
	IsNot string `json:"isNot,omitempty"`
}
type Case struct {
	Matches string   `json:"matches,omitempty"`
	As      string   `json:"as,omitempty"`
	Filters []Filter `json:"filters,omitempty"`
	Series  string   `json:"series"`
	Refused bool     `json:"refused,omitempty"`
	Name    *string  `json:"name,omitempty"`
}

func main() {
	r := rand.New(rand.NewSource(7))
	pick := func(of ...string) string { return of[r.Intn(len(of))] }
	patterns := []string{"", "", ".*", "^(.*)_total$", "(.*)_total", "_total$", "^container_(.*)_seconds_total$", "^(.+)_(bytes|seconds)(_total)?$", "^http_(?P<rest>\\w+)$", "(?i)^HTTP_(.*)$", "^(a|h)(.*)$", "([a-z]+)_([a-z]+)", "^(.*?)_", "(?!x)", "(", "a**", "^[[:alpha:]]+", "\\bhttp", "^$", "x?"}
	templates := []string{"", "", "$0", "$1", "${1}_per_second", "$1_per_second", "fixed", "${rest}", "$rest", "a$$b", "$", "${1}${2}", "$2-$1", "${", "${1", "$3", "pre_$0_post", "$é", "$1é"}
	words := []string{"http", "container", "requests", "cpu", "usage", "seconds", "bytes", "total", "queue", "x", "a"}
	var cases []Case
	for len(cases) < 4000 {
		series := ""
		for i, n := 0, 1+r.Intn(4); i < n; i++ {
			if i > 0 {
				series += "_"
			}
			series += words[r.Intn(len(words))]
		}
		c := Case{Matches: pick(patterns...), As: pick(templates...), Series: series}
		for i, n := 0, r.Intn(3)*r.Intn(2); i < n; i++ {
			switch r.Intn(8) {
			case 0:
				c.Filters = append(c.Filters, Filter{})
			case 1:
				c.Filters = append(c.Filters, Filter{Is: "a", IsNot: "b"})
			case 2, 3, 4:
				c.Filters = append(c.Filters, Filter{Is: pick("_total$", "^http", "(", "o", ".")})
			default:
				c.Filters = append(c.Filters, Filter{IsNot: pick("_total$", "^http", "q", "seconds")})
			}
		}
		rule := config.DiscoveryRule{SeriesQuery: "x", Resources: config.ResourceMapping{Template: "<<.Resource>>"}, Name: config.NameMapping{Matches: c.Matches, As: c.As}}
		for _, f := range c.Filters {
			rule.SeriesFilters = append(rule.SeriesFilters, config.RegexFilter{Is: f.Is, IsNot: f.IsNot})
		}
		namers, err := naming.NamersFromConfig([]config.DiscoveryRule{rule}, nil)
		if err != nil {
			c.Refused = true
		} else if left := namers[0].FilterSeries([]prom.Series{{Name: series}}); len(left) == 1 {
			if name, err := namers[0].MetricNameForSeries(left[0]); err == nil {
				c.Name = &name
			}
		}
		cases = append(cases, c)
	}
	for _, c := range cases {
		line, _ := json.Marshal(c)
		fmt.Fprintln(os.Stdout, string(line))
	}
}
