// Go's own reader of templates (text/template), with the functions and variables that Prometheus gives them. Reads one JSON string a
// line, answers each with a line: empty where the template parses, else what is wrong.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

// What Prometheus puts before each template (rules/alerting.go).
const defined = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// template/template.go; that they exist is all that is asked of them.
const functions = "query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration pathPrefix externalURL parseDuration parseDurationTime tmpl now urlQueryEscape toJson"

func main() {
	known := template.FuncMap{}
	for _, name := range strings.Fields(functions) {
		known[name] = func() string { return "" }
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var text, answer string
		must(questions.Decode(&text))
		if _, err := template.New("alert").Funcs(known).Parse(defined + text); err != nil {
			answer = err.Error()
		}
		must(answers.Encode(answer))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
