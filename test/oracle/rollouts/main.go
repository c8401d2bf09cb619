// The validation of Argo Rollouts itself. Reads one JSON object a line: a list of objects, the first of them the Rollout. Answers each with a
// line: a list of the fields that it refuses, each with its words.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/validation"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var text json.RawMessage
		must(questions.Decode(&text))
		must(answers.Encode(judge(text)))
	}
}

func judge(text []byte) (problems []string) {
	problems = []string{}
	// It takes some fields for given that the definition of the kind asks for.
	defer func() {
		if failure := recover(); failure != nil {
			problems = append(problems, fmt.Sprint("panic: ", failure))
		}
	}()
	var rollout v1alpha1.Rollout
	if err := json.Unmarshal(text, &rollout); err != nil {
		return []string{"unreadable: " + err.Error()}
	}
	for _, problem := range validation.ValidateRollout(&rollout) {
		problems = append(problems, problem.Error())
	}
	for _, err := range []error{
		validation.ValidateRolloutNginxIngressesConfig(&rollout),
		validation.ValidateRolloutAlbIngressesConfig(&rollout),
		validation.ValidateRolloutVirtualServicesConfig(&rollout),
	} {
		if err != nil {
			problems = append(problems, err.Error())
		}
	}
	return problems
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
