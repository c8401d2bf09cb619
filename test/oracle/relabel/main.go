// Prometheus' relabeling (model/relabel). Reads one JSON a line, labels and the rules in YAML; answers each with a line: the labels, or null
// where the target is dropped, or the words of a refusal.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"go.yaml.in/yaml/v2"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var question struct {
			Labels map[string]string
			Rules  string
		}
		must(questions.Decode(&question))
		var rules []*relabel.Config
		err := yaml.Unmarshal([]byte(question.Rules), &rules)
		for _, rule := range rules {
			if err == nil {
				err = rule.Validate(model.UTF8Validation)
			}
		}
		if err != nil {
			must(answers.Encode(err.Error()))
			continue
		}
		builder := labels.NewBuilder(labels.FromMap(question.Labels))
		if relabel.ProcessBuilder(builder, rules...) {
			must(answers.Encode(builder.Labels().Map()))
		} else {
			must(answers.Encode(nil))
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
