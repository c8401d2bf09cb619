import { minorOf, NEWEST_KUBERNETES } from '../../../model/kubernetes-version';
import { drain } from '../../../simulate/maintenance/drain';
import { drainOptions } from '../../../simulate/maintenance/eviction';
import { liveCluster, memberName } from '../../../simulate/maintenance/live';
import { guards } from '../../../simulate/scheduling/budget';
import { isDoubtful } from '../../../simulate/scheduling/storage/state';
import { boundlessOf } from '../../../simulate/scheduling/unplaced';
import { gateBreaks } from '../../../simulate/upgrade/breaks';
import { GATED_COMPONENTS } from '../../../upstream/kubernetes/releases/feature-gates';
import { kubeletMayStay } from '../../../upstream/kubernetes/releases/skew';
import { componentSettings } from '../../../world/component-settings';
import { controlPlaneOf, runningComponents } from '../../../world/components';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const FACTS = `
apiVersion: v1
kind: Node
metadata: { name: old, labels: { kubernetes.io/hostname: old } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.33.4 } }
---
apiVersion: v1
kind: Node
metadata: { name: new, labels: { kubernetes.io/hostname: new } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.36.1 } }
---
apiVersion: v1
kind: Pod
metadata:
  name: db-0
  namespace: shop
  labels: { app: db }
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: db, uid: 6d4b, controller: true }]
spec: { nodeName: old, containers: [{ name: db, image: 'postgres:17.2' }] }
status: { phase: Running, conditions: [{ type: Ready, status: 'True' }] }
`;
const budget = (bound: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: db, namespace: shop }
spec: { ${bound}, selector: { matchLabels: { app: db } } }
`;

export default check({
  id: 'upgrade-drainable',
  group: 'upgrade',
  description:
    'nothing holds up the next minor version of Kubernetes: nodes whose kubelets are too old for it can be drained, and components know the feature gates that are set',
  severity: 'advice',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/tasks/administer-cluster/cluster-upgrade/',
  fix: 'before the upgrade let the budget allow one pod to go, or take the gate away; `strata simulate upgrade` shows all steps',
  example: {
    facts: FACTS,
    broken: budget('minAvailable: 1'),
    fails: ['Node/old status.nodeInfo.kubeletVersion'],
    fixed: budget('maxUnavailable: 1'),
  },
  *judge(world) {
    const minors = controlPlaneOf(world)?.minors;
    if (!minors) return;
    const now = Math.max(...minors);
    if (now >= minorOf(NEWEST_KUBERNETES)) return;
    yield* refusedGates(world, now);
    yield* heldNodes(world, now + 1);
  },
});

function* refusedGates(world: World, now: number): Iterable<Finding> {
  // What kind or Cluster API set is another cluster's, which may be of another version.
  const elsewhere = new Set(
    componentSettings(world).gates.flatMap(({ resource, elsewhere: is }) => (is ? [resource] : [])),
  );
  for (const { resource, path, message } of gateBreaks(world, GATED_COMPONENTS, now, now + 1))
    if (!elsewhere.has(resource)) yield { resource, path, value: resource.at(path), message };
}

/** Of drains in general other checks speak; these must come before the next minor version, by pods that certainly stand there. */
function* heldNodes(world: World, next: number): Iterable<Finding> {
  const tooOld = runningComponents(world).filter(
    ({ component, release }) => component === 'kubelet' && !kubeletMayStay(release.minor, next),
  );
  for (const { node, resource, path, release } of tooOld) {
    const cluster = boundlessOf(world).size > 0 ? undefined : liveCluster(world);
    if (!cluster?.state.node(node!)) return;
    const { pods } = drain(cluster, node!, drainOptions(false));
    const held = pods.find(
      ({ verdict, member }) => (verdict === 'blocked' || verdict === 'refused') && member.pod.nodeName === node,
    );
    // Nobody knows whether one that waits for its volume would find it elsewhere, and would let the next one go.
    const waiting = pods.filter(({ to, reason }) => to === undefined && isDoubtful(reason));
    const mayGo =
      held?.verdict === 'blocked' &&
      cluster
        .budgetsIn(held.member.pod.namespace)
        .some((each) => guards(each, held.member) && waiting.some(({ member }) => guards(each, member)));
    if (held && !mayGo)
      yield {
        resource,
        path,
        value: resource.at(path),
        message: `kube-apiserver 1.${next} does not support kubelet 1.${release.minor}, so this node must be upgraded before, and it cannot be drained: ${memberName(held.member)} stays (${held.reason})`,
      };
  }
}
