// The HorizontalPodAutoscaler's controller itself, on random histories. Prints one JSON object a line: an HPA, and rounds with the pods, the
// answers of the metrics APIs and what the controller did about them.
//
//	hpa MINOR COUNT SEED ROUNDS
//
// The controller is the one of NewHorizontalController. Its clients are ours, and its clock is that of a bubble of testing/synctest: nothing in
// Kubernetes' sources is changed, also not in those of 1.28, which Go of today builds.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"math/rand"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

type history struct {
	Minor     int               `json:"minor"`
	Templates []json.RawMessage `json:"templates"`
	Rounds    []*round          `json:"rounds"`
	End       *state            `json:"end"`
}

// Of times, milliseconds since the beginning of the history.
type round struct {
	At int64 `json:"at"`
	// The manifest as somebody wrote it; none where it is that of the round before.
	Hpa json.RawMessage `json:"hpa,omitempty"`
	// Replicas wanted and there, by the scale subresource.
	Spec   int32 `json:"spec"`
	Status int32 `json:"status"`
	// Why the scale is not to be had, or may not be written.
	NoScale string `json:"noScale,omitempty"`
	Refused string `json:"refused,omitempty"`
	// Another HPA whose target has the same selector.
	Rival      string `json:"rival,omitempty"`
	NoSelector bool   `json:"noSelector,omitempty"`

	// Pods that are new or not as they were the round before, and those that are there no more.
	Pods []*pod   `json:"pods,omitempty"`
	Gone []string `json:"gone,omitempty"`
	// What metrics.k8s.io says.
	Usage    []usage `json:"usage,omitempty"`
	UsageErr string  `json:"usageErr,omitempty"`
	// What the other APIs say, by the number of the metric.
	Readings map[int]*reading `json:"readings,omitempty"`

	Out *outcome `json:"out"`
}

type pod struct {
	Name     string `json:"n"`
	Phase    string `json:"p"`
	Deleted  bool   `json:"d,omitempty"`
	Start    *int64 `json:"s,omitempty"`
	Ready    string `json:"r,omitempty"`
	Since    int64  `json:"t,omitempty"`
	Template int    `json:"k,omitempty"`
}

type usage struct {
	Pod        string           `json:"n"`
	At         int64            `json:"t"`
	Window     int64            `json:"w"`
	Containers []containerUsage `json:"c"`
}
type containerUsage struct {
	Name string           `json:"n"`
	Used map[string]int64 `json:"u"`
}

type reading struct {
	Err    string     `json:"err,omitempty"`
	Pods   []podValue `json:"pods,omitempty"`
	Value  *int64     `json:"value,omitempty"`
	Values []int64    `json:"values,omitempty"`
}
type podValue struct {
	Pod    string `json:"n"`
	At     int64  `json:"t"`
	Window *int64 `json:"w,omitempty"`
	Value  int64  `json:"v"`
}

type outcome struct {
	Replicas   int32       `json:"replicas"`
	Conditions [][4]string `json:"conditions"`
	// Why it scaled, as its event says.
	Reason string `json:"reason,omitempty"`
	// Of each metric what is measured: percent of the request, thousandths on average, thousandths in all.
	Measured [][3]*int64 `json:"measured,omitempty"`
}

type state struct {
	Recommendations [][2]int64 `json:"recommendations"`
	Ups             [][3]int64 `json:"ups"`
	Downs           [][3]int64 `json:"downs"`
}

func main() {
	arguments := os.Args[1:]
	number := func(i int) int { n, err := strconv.Atoi(arguments[i]); must(err); return n }
	minor, count, seed, rounds := number(0), number(1), number(2), number(3)
	os.Args = os.Args[:1]
	testing.Init()
	flag.Parse()
	klog.SetLogger(logr.Discard())
	utilruntime.ErrorHandlers = nil
	run := func(t *testing.T) {
		synctest.Test(t, func(*testing.T) {
			out := bufio.NewWriterSize(os.Stdout, 1<<20)
			encoder := json.NewEncoder(out)
			encoder.SetEscapeHTML(false)
			ctx := context.Background()
			all := newController(ctx)
			for i := range count {
				w := newWorld(rand.New(rand.NewSource(int64(seed)*1_000_003+int64(i))), minor, i)
				must(encoder.Encode(w.live(ctx, all, rounds)))
				// Whole seconds, as the times of objects are.
				time.Sleep(time.Hour - time.Duration(time.Now().UnixNano()%int64(time.Second)))
			}
			must(out.Flush())
			// The goroutines that send events of 1.28 never end: the bubble would wait for them.
			os.Exit(0)
		})
	}
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "histories", F: run}}, nil, nil)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
