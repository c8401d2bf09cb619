// The readers of YAML that Kubernetes' tools have. Reads lines {"text": …, "strings": […]}, where the text is a document with a list
// `items` of these strings and a mapping `keys` with each as a key. Answers each line with what a reader reads otherwise: a list
// of {"reader", "index", "read"}; index -1 where the reader cannot read the document at all.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	v3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

type question struct {
	Text    string   `json:"text"`
	Strings []string `json:"strings"`
}

type difference struct {
	Reader string `json:"reader"`
	Index  int    `json:"index"`
	Read   string `json:"read"`
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var q question
		must(questions.Decode(&q))
		found := append(byKubectl(q), byKustomize(q)...)
		if found == nil {
			found = []difference{}
		}
		must(answers.Encode(found))
	}
}

// kubectl, Argo CD, Helm: YAML to JSON.
func byKubectl(q question) (found []difference) {
	const reader = "sigs.k8s.io/yaml"
	var read struct {
		Items []any          `json:"items"`
		Keys  map[string]any `json:"keys"`
	}
	if err := yaml.UnmarshalStrict([]byte(q.Text), &read); err != nil {
		return []difference{{reader, -1, err.Error()}}
	}
	if len(read.Items) != len(q.Strings) || len(read.Keys) != len(q.Strings) {
		return []difference{{reader, -1, fmt.Sprintf("%d items, %d keys", len(read.Items), len(read.Keys))}}
	}
	for i, want := range q.Strings {
		if text, ok := read.Items[i].(string); !ok || text != want {
			found = append(found, difference{reader, i, fmt.Sprintf("%T %v", read.Items[i], read.Items[i])})
		} else if _, ok := read.Keys[want]; !ok {
			found = append(found, difference{reader, i, "no such key"})
		}
	}
	return found
}

// Kustomize and most newer programs: YAML as nodes with tags.
func byKustomize(q question) (found []difference) {
	const reader = "go.yaml.in/yaml/v3"
	var document v3.Node
	if err := v3.Unmarshal([]byte(q.Text), &document); err != nil {
		return []difference{{reader, -1, err.Error()}}
	}
	var items, keys []*v3.Node
	fields := document.Content[0].Content
	for i := 0; i < len(fields); i += 2 {
		if fields[i].Value == "items" {
			items = fields[i+1].Content
			continue
		}
		for j := 0; j < len(fields[i+1].Content); j += 2 {
			keys = append(keys, fields[i+1].Content[j])
		}
	}
	if len(items) != len(q.Strings) || len(keys) != len(q.Strings) {
		return []difference{{reader, -1, fmt.Sprintf("%d items, %d keys", len(items), len(keys))}}
	}
	known := map[string]bool{}
	for _, key := range keys {
		known[key.Value] = key.ShortTag() == "!!str"
	}
	for i, want := range q.Strings {
		if items[i].ShortTag() != "!!str" || items[i].Value != want {
			found = append(found, difference{reader, i, items[i].ShortTag() + " " + items[i].Value})
		} else if !known[want] {
			found = append(found, difference{reader, i, "no such key"})
		}
	}
	return found
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
