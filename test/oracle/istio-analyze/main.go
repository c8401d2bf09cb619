// The analyzers that istioctl runs on files (istioctl analyze --use-kube=false). Reads one JSON object a line: objects. Answers each with a line: of
// each message its code, the object that it is about, and the first of its parameters.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"istio.io/istio/pkg/config/analysis"
	"istio.io/istio/pkg/config/analysis/analyzers/virtualservice"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/log"
)

func main() {
	options := log.DefaultOptions()
	options.OutputPaths = []string{"stderr"}
	options.SetDefaultOutputLevel("all", log.NoneLevel)
	must(log.Configure(options))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var objects []json.RawMessage
		must(questions.Decode(&objects))
		texts := make([]string, len(objects))
		for i, object := range objects {
			texts[i] = string(object)
		}
		// With Services, which istioctl takes from a cluster alone.
		analyzer := analysis.Combine("virtualservice",
			&virtualservice.DestinationHostAnalyzer{},
			&virtualservice.DestinationRuleAnalyzer{},
			&virtualservice.GatewayAnalyzer{},
		)
		source := local.NewIstiodAnalyzer(analyzer, "", "istio-system", nil)
		must(source.AddTestReaderKubeSource([]local.ReaderSource{{Name: "a.yaml", Reader: strings.NewReader(strings.Join(texts, "\n---\n"))}}))
		stop := make(chan struct{})
		result, err := source.Analyze(stop)
		must(err)
		close(stop)
		messages := [][]string{}
		for _, message := range result.Messages {
			said := []string{message.Type.Code(), message.Resource.Metadata.FullName.String()}
			for _, parameter := range message.Parameters {
				said = append(said, fmt.Sprint(parameter))
			}
			messages = append(messages, said)
		}
		must(answers.Encode(messages))
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
