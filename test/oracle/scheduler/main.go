// The filters, the scores and the preemption of the scheduler itself. Reads lines {"nodes": [...], "namespaces": [...], "pods": [pods on nodes],
// "storage": [...], "pod": {...}} and answers each with what the API server says against the pod, or with the reasons of every node (none where the
// pod may be there), with the scores of the nodes that take it, and with the pods that would go for it where none does.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	api "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	registry "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	backend "k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/feature"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	"k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

type question struct {
	Nodes      []*v1.Node      `json:"nodes"`
	Namespaces []*v1.Namespace `json:"namespaces"`
	Pods       []*v1.Pod       `json:"pods"`
	// Claims, volumes and what is about them, budgets, Services and controllers.
	Storage []json.RawMessage `json:"storage"`
	Pod     *v1.Pod           `json:"pod"`
}

type answer struct {
	Refused    string              `json:"refused,omitempty"`
	Nodes      map[string][]string `json:"nodes,omitempty"`
	Scores     map[string]int64    `json:"scores,omitempty"`
	Preemption *preempted          `json:"preemption,omitempty"`
}

type preempted struct {
	// Why the pod may not preempt others.
	Ineligible string            `json:"ineligible,omitempty"`
	Victims    map[string]victim `json:"victims,omitempty"`
	Picked     string            `json:"picked,omitempty"`
}

type victim struct {
	Pods       []string `json:"pods"`
	Violations int64    `json:"violations"`
}

// Those of the default profile that look at nodes, pods and storage.
var judged = sets.New("PrioritySort", "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
	"VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread", "InterPodAffinity", "DefaultPreemption",
	"NodeResourcesBalancedAllocation", "ImageLocality", "DefaultBinder")

func main() {
	klog.SetOutput(os.Stderr)
	metrics.Register()
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	profile := onlyJudged()
	for questions := json.NewDecoder(in); questions.More(); {
		var q question
		must(questions.Decode(&q))
		must(answers.Encode(ask(profile, q)))
	}
}

func ask(profile *config.KubeSchedulerProfile, q question) answer {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	for i, pod := range q.Pods {
		admitted, refused := admit(ctx, pod)
		if refused != "" {
			return answer{Refused: fmt.Sprintf("pod %s: %s", pod.Name, refused)}
		}
		admitted.Spec.NodeName = pod.Spec.NodeName
		admitted.DeletionTimestamp = pod.DeletionTimestamp
		admitted.Status = pod.Status
		admitted.UID = types.UID(pod.Namespace + "/" + pod.Name)
		q.Pods[i] = admitted
	}
	pod, refused := admit(ctx, q.Pod)
	if refused != "" {
		return answer{Refused: refused}
	}
	pod.Status.NominatedNodeName = q.Pod.Status.NominatedNodeName
	factory := informers.NewSharedInformerFactory(fake.NewClientset(), 0)
	known := factory.Core().V1().Namespaces().Informer().GetIndexer()
	for _, namespace := range q.Namespaces {
		must(known.Add(namespace))
	}
	for _, object := range q.Storage {
		indexer, made := place(factory, object)
		must(indexer.Add(made))
	}
	snapshot := backend.NewSnapshot(q.Pods, q.Nodes)
	made, err := runtime.NewFramework(ctx, plugins.NewInTreeRegistry(), profile,
		runtime.WithInformerFactory(factory), runtime.WithSnapshotSharedLister(snapshot), runtime.WithClientSet(fake.NewClientset()),
		runtime.WithPodNominator(nobody{}), runtime.WithWaitingPods(runtime.NewWaitingPodsMap()),
		runtime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(factory.Storage().V1().CSINodes().Lister())))
	must(err)
	nodes, err := snapshot.NodeInfos().List()
	must(err)
	reasons := map[string][]string{}
	statuses := framework.NewDefaultNodeToStatus()
	var fitting []fwk.NodeInfo
	state := framework.NewCycleState()
	allowed, status, _ := made.RunPreFilterPlugins(ctx, state, pod)
	for _, node := range nodes {
		name := node.Node().Name
		switch {
		case !status.IsSuccess():
			reasons[name] = status.Reasons()
			statuses.Set(name, status)
		case !allowed.AllNodes() && !allowed.NodeNames.Has(name):
			reasons[name] = []string{"not asked"}
		default:
			reasons[name] = []string{}
			if status := made.RunFilterPlugins(ctx, state, pod, node); status != nil {
				reasons[name] = status.Reasons()
				statuses.Set(name, status)
			} else {
				fitting = append(fitting, node)
			}
		}
	}
	if len(fitting) > 0 {
		return answer{Nodes: reasons, Scores: score(ctx, made, state, pod, fitting)}
	}
	return answer{Nodes: reasons, Preemption: preempt(ctx, made, factory, state, pod, nodes, statuses)}
}

// The scores of all plugins together, with their weights.
func score(ctx context.Context, made framework.Framework, state fwk.CycleState, pod *v1.Pod, nodes []fwk.NodeInfo) map[string]int64 {
	if status := made.RunPreScorePlugins(ctx, state, pod, nodes); !status.IsSuccess() {
		panic(status.AsError())
	}
	scored, status := made.RunScorePlugins(ctx, state, pod, nodes)
	if !status.IsSuccess() {
		panic(status.AsError())
	}
	scores := map[string]int64{}
	for _, each := range scored {
		scores[each.Name] = each.TotalScore
	}
	return scores
}

// What the plugin DefaultPreemption finds when it looks at every node, and the node that it picks of those.
func preempt(ctx context.Context, made framework.Framework, factory informers.SharedInformerFactory, state fwk.CycleState, pod *v1.Pod,
	nodes []fwk.NodeInfo, statuses *framework.NodeToStatus) *preempted {
	plugin, err := defaultpreemption.New(ctx, &config.DefaultPreemptionArgs{MinCandidateNodesPercentage: 100, MinCandidateNodesAbsolute: 100}, made,
		feature.Features{})
	must(err)
	if eligible, why := plugin.PodEligibleToPreemptOthers(ctx, pod, statuses.Get(pod.Status.NominatedNodeName)); !eligible {
		return &preempted{Ineligible: why}
	}
	potential, err := statuses.NodesForStatusCode(made.SnapshotSharedLister().NodeInfos(), fwk.Unschedulable)
	must(err)
	if len(potential) == 0 {
		return nil
	}
	budgets, err := factory.Policy().V1().PodDisruptionBudgets().Lister().List(labels.Everything())
	must(err)
	// One more than there are, so that it never stops before it has seen all.
	candidates, _, err := plugin.Evaluator.DryRunPreemption(ctx, state, pod, potential, budgets, 0, int32(len(nodes)+1))
	must(err)
	if len(candidates) == 0 {
		return nil
	}
	found := &preempted{Victims: map[string]victim{}, Picked: plugin.Evaluator.SelectCandidate(ctx, candidates).Name()}
	for _, candidate := range candidates {
		victims := victim{Violations: candidate.Victims().NumPDBViolations}
		for _, each := range candidate.Victims().Pods {
			victims.Pods = append(victims.Pods, each.Namespace+"/"+each.Name)
		}
		found.Victims[candidate.Name()] = victims
	}
	return found
}

// No other pod has a node nominated.
type nobody struct{ fwk.PodNominator }

func (nobody) NominatedPodsForNode(string) []fwk.PodInfo { return nil }

// An object as the API server would keep it, and where the scheduler looks for it: the plugins read the informers' indexers.
func place(factory informers.SharedInformerFactory, object json.RawMessage) (cache.Indexer, interface{}) {
	read, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(object, nil, nil)
	must(err)
	legacyscheme.Scheme.Default(read)
	core, stored := factory.Core().V1(), factory.Storage().V1()
	switch read.(type) {
	case *v1.PersistentVolumeClaim:
		return core.PersistentVolumeClaims().Informer().GetIndexer(), read
	case *v1.PersistentVolume:
		return core.PersistentVolumes().Informer().GetIndexer(), read
	case *storage.StorageClass:
		return stored.StorageClasses().Informer().GetIndexer(), read
	case *storage.CSINode:
		return stored.CSINodes().Informer().GetIndexer(), read
	case *storage.CSIDriver:
		return stored.CSIDrivers().Informer().GetIndexer(), read
	case *storage.CSIStorageCapacity:
		return stored.CSIStorageCapacities().Informer().GetIndexer(), read
	case *storage.VolumeAttachment:
		return stored.VolumeAttachments().Informer().GetIndexer(), read
	case *policy.PodDisruptionBudget:
		return factory.Policy().V1().PodDisruptionBudgets().Informer().GetIndexer(), read
	case *v1.Service:
		return core.Services().Informer().GetIndexer(), read
	case *apps.ReplicaSet:
		return factory.Apps().V1().ReplicaSets().Informer().GetIndexer(), read
	case *apps.StatefulSet:
		return factory.Apps().V1().StatefulSets().Informer().GetIndexer(), read
	}
	panic(fmt.Sprintf("unexpected %T", read))
}

// What the API server makes of a pod: defaults, and selectors with the labels' values.
func admit(ctx context.Context, pod *v1.Pod) (*v1.Pod, string) {
	legacyscheme.Scheme.Default(pod)
	internal := &api.Pod{}
	must(legacyscheme.Scheme.Convert(pod, internal, nil))
	registry.Strategy.PrepareForCreate(ctx, internal)
	if errs := registry.Strategy.Validate(ctx, internal); len(errs) > 0 {
		return nil, errs.ToAggregate().Error()
	}
	admitted := &v1.Pod{}
	must(legacyscheme.Scheme.Convert(internal, admitted, nil))
	return admitted, ""
}

func onlyJudged() *config.KubeSchedulerProfile {
	all, err := latest.Default()
	must(err)
	profile := all.Profiles[0].DeepCopy()
	enabled := []config.Plugin{}
	for _, plugin := range profile.Plugins.MultiPoint.Enabled {
		if judged.Has(plugin.Name) {
			enabled = append(enabled, plugin)
		}
	}
	profile.Plugins = &config.Plugins{MultiPoint: config.PluginSet{Enabled: enabled}}
	return profile
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
