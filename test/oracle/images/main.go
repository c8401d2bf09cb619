// The kubelet's parser of image references (pkg/util/parsers). Reads one JSON string a line, answers each with a line: empty where the
// reference parses, else what is wrong.
package main

import (
	"bufio"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"encoding/json"
	"os"

	"github.com/distribution/reference"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	for questions := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20)); questions.More(); {
		var image, answer string
		must(questions.Decode(&image))
		if _, err := reference.ParseNormalizedNamed(image); err != nil {
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
