import { record } from '../../manifests/resource';
import { alikeSelector } from '../../simulate/scheduling/alike';
import { judgeNodes } from '../../simulate/scheduling/filter';
import type { SchedulerPod } from '../../simulate/scheduling/pod';
import { readPod } from '../../simulate/scheduling/pod';
import { ineligibility, leastMissed, preemptionCandidates } from '../../simulate/scheduling/preemption';
import { never } from '../../simulate/scheduling/refusal';
import { scoresOf } from '../../simulate/scheduling/scores';
import { rejectionOf } from '../../simulate/scheduling/storage/rejection';
import type { Case } from './scheduler-cases';
import { emptyCluster, metadataOf } from './scheduler-cases';

type Json = Record<string, unknown>;

/** What the scheduler chooses from. */
export interface ChoiceAnswer {
  /** Of the nodes that take the pod. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Where no node does: why it preempts none, or the pods that would go on each node, and which node is picked. */
  readonly preemption?: {
    readonly ineligible?: string;
    readonly victims?: Readonly<Record<string, { readonly pods: readonly string[]; readonly violations: number }>>;
    readonly picked?: string;
  };
}

/** As a short text: `n1=310 n2=290`, or `n1: shop/a shop/b; n2: shop/c, 1 violation; picked n1`. */
export function shortChoice({ scores, preemption }: ChoiceAnswer): string {
  const inOrder = <T>(entries: Readonly<Record<string, T>>) =>
    Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  if (scores)
    return inOrder(scores)
      .map(([node, score]) => `${node}=${score}`)
      .join(' ');
  if (!preemption?.victims) return preemption?.ineligible ?? '';
  const victims = inOrder(preemption.victims).map(
    ([node, { pods, violations }]) => `${node}: ${pods.join(' ')}${violations > 0 ? `, ${violations} violated` : ''}`,
  );
  return [...victims, `picked ${preemption.picked}`].join('; ');
}

/** What is chosen from for the pod of a case, by our own code. */
export function choiceOf(given: Case): ChoiceAnswer {
  const state = emptyCluster(given);
  for (const each of given.pods) {
    const made = readPod(each, metadataOf(each));
    state.add(made, made.nodeName!);
  }
  const pod = askedIn(given);
  const isRejected = rejectionOf(pod, state.storage) !== undefined;
  const refusals = isRejected ? new Map([...state.nodes].map((node) => [node, never()])) : judgeNodes(pod, state);
  const takers = [...refusals].flatMap(([node, refusal]) => (refusal ? [] : [node]));
  if (takers.length > 0) {
    const scores = scoresOf(pod, takers, state);
    return { scores: Object.fromEntries(takers.map(({ name }, i) => [name, scores[i]!])) };
  }
  const ineligible = ineligibility(pod, state, refusals);
  if (ineligible !== undefined) return { preemption: { ineligible } };
  const found = preemptionCandidates(pod, state, refusals, budgetsIn(given));
  const picked = leastMissed(found);
  if (!picked) return {};
  const named = ({ namespace, name }: SchedulerPod) => `${namespace}/${name}`;
  const victims = found.map(
    ({ node, pods, violations }) => [node.name, { pods: pods.map(named), violations }] as const,
  );
  return { preemption: { victims: Object.fromEntries(victims), picked: picked.node.name } };
}

function askedIn({ pod: json, storage }: Case): SchedulerPod {
  const pod = readPod(json, metadataOf(json));
  const there = storage.filter((object) => metadataOf(object).namespace === pod.namespace);
  const [owner] = ((json['metadata'] as Json)['ownerReferences'] ?? []) as Json[];
  const controller =
    owner && there.find((object) => object['kind'] === owner['kind'] && metadataOf(object).name === owner['name']);
  const services = there.filter(({ kind }) => kind === 'Service').map(({ spec }) => record(spec)?.['selector']);
  return { ...pod, alike: alikeSelector(services, record(controller?.['spec'])?.['selector'], pod.labels) };
}

function budgetsIn({ storage }: Case) {
  return storage
    .filter(({ kind }) => kind === 'PodDisruptionBudget')
    .map((budget) => {
      const status = record(budget['status']);
      return {
        namespace: metadataOf(budget).namespace,
        selector: record(budget['spec'])?.['selector'],
        allowed: Number(status?.['disruptionsAllowed']),
        disrupted: new Set(Object.keys(record(status?.['disruptedPods']) ?? {})),
      };
    });
}
