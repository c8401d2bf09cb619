// The muxer of Traefik. Reads one JSON object a line: rules with priorities, and requests. Answers each with a line: whether each rule can be read,
// and the number of the rule that takes each request; empty: none.
package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	muxer "github.com/traefik/traefik/v3/pkg/muxer/http"
)

type request struct {
	Method, Host, Path, Query string
	Headers                   map[string][]string
}

type question struct {
	Rules []struct {
		Rule     string
		Priority int
	}
	Requests []request
}

type answer struct {
	Read  []bool   `json:"read"`
	Taken []string `json:"taken"`
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var asked question
		must(questions.Decode(&asked))
		must(answers.Encode(answerOne(asked)))
	}
}

func answerOne(asked question) answer {
	parser, err := muxer.NewSyntaxParser()
	must(err)
	routes := muxer.NewMuxer(parser, nil)
	said := answer{Read: []bool{}, Taken: []string{}}
	for i, rule := range asked.Rules {
		priority := rule.Priority
		if priority == 0 {
			priority = muxer.GetRulePriority(rule.Rule)
		}
		err := routes.AddRoute(rule.Rule, "v3", priority, "kubernetescrd", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("x-rule", strconv.Itoa(i))
		}))
		said.Read = append(said.Read, err == nil)
	}
	for _, one := range asked.Requests {
		url := "http://" + one.Host + one.Path
		if one.Query != "" {
			url += "?" + one.Query
		}
		sent := httptest.NewRequest(one.Method, url, nil)
		for name, values := range one.Headers {
			for _, value := range values {
				sent.Header.Add(name, value)
			}
		}
		recorder := httptest.NewRecorder()
		requestdecorator.New(nil).ServeHTTP(recorder, sent, routes.ServeHTTP)
		said.Taken = append(said.Taken, recorder.Header().Get("x-rule"))
	}
	return said
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
