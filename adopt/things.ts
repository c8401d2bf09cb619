import { isMap } from '../model/is-map';
import type { KubernetesObject } from '../model/kubernetes';
import type { ObjectKey } from './key';
import type { BuiltObject } from './source';

/** What belongs together, and is one file: a workload with what serves and configures it, or objects of their own. */
export interface Thing {
  readonly name: string;
  readonly isWorkload: boolean;
}

/** Kinds that make pods. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  'CronJob',
  'DaemonSet',
  'Deployment',
  'Job',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'Rollout',
]);

/** The thing that each object of an overlay belongs to: by selectors and references, not by what somebody called it. */
export function thingsOf(objects: ReadonlyMap<ObjectKey, BuiltObject>): ReadonlyMap<ObjectKey, Thing> {
  const all = [...objects].map(([key, built]) => new Member(key, built));
  const workloads = all.filter(({ isWorkload }) => isWorkload);
  for (const member of workloads) member.thing = member.built.name;
  // Each round may follow what the one before has found: a Role follows its binding, which follows its account.
  for (let found = true; found; ) {
    found = false;
    for (const member of all) {
      if (member.thing !== undefined) continue;
      member.thing = onlyOne([...ownersOf(member, all)]);
      found ||= member.thing !== undefined;
    }
  }
  const names = new Set(workloads.map(({ thing }) => thing!));
  for (const member of all) member.thing ??= byName(member.built.name, names) ?? standingAlone(member.built);
  const isWorkload = (name: string) => names.has(name);
  return new Map(all.map(({ key, thing }) => [key, { name: thing!, isWorkload: isWorkload(thing!) }]));
}

class Member {
  thing: string | undefined;
  readonly names: ReadonlySet<string>;

  constructor(
    readonly key: ObjectKey,
    readonly built: BuiltObject,
  ) {
    // Kubernetes' own objects name others in strings of their own.
    this.names = new Set(stringsIn(built.object));
  }

  get object(): KubernetesObject {
    return this.built.object;
  }

  get isWorkload(): boolean {
    return WORKLOADS.has(this.object.kind) && podOf(this.object) !== undefined;
  }
}

/** The things that an object belongs to. */
function* ownersOf(member: Member, all: readonly Member[]): Generator<string> {
  const { object } = member;
  const { kind, metadata } = object;
  const selector = selectorOf(object);
  const workloads = all.filter(({ isWorkload }) => isWorkload);
  if (selector && Object.keys(selector).length > 0) {
    const selected = workloads.filter((other) => selects(selector, podLabels(other.object)));
    yield* things(selected);
    if (selected.length === 0)
      yield* things(
        all.filter((other) => other.object.kind === 'Service' && selects(selector, labelsOf(other.object))),
      );
    return;
  }
  const target = at(object, ['spec', 'scaleTargetRef']) ?? at(object, ['spec', 'targetRef']);
  if (isMap(target)) {
    yield* things(
      all.filter(
        (other) =>
          other.object.kind === (target['kind'] ?? 'Deployment') && other.object.metadata.name === target['name'],
      ),
    );
    return;
  }
  if (['Ingress', 'HTTPRoute', 'GRPCRoute', 'VirtualService', 'IngressRoute', 'Route'].includes(kind)) {
    yield* things(
      all.filter((other) => other.object.kind === 'Service' && member.names.has(other.object.metadata.name)),
    );
    return;
  }
  if (kind === 'RoleBinding' || kind === 'ClusterRoleBinding') {
    yield* things(
      all.filter(
        (other) => other.object.kind === 'ServiceAccount' && subjectsOf(object).includes(other.object.metadata.name),
      ),
    );
    return;
  }
  if (kind === 'Role' || kind === 'ClusterRole') {
    const bindings = all.filter((other) => {
      const role = at(other.object, ['roleRef']);
      return isMap(role) && role['kind'] === kind && role['name'] === metadata.name;
    });
    yield* things(bindings);
    return;
  }
  if (
    ['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'ServiceAccount', 'ExternalSecret', 'SealedSecret'].includes(kind)
  )
    yield* things(
      workloads.filter((other) => other.names.has(metadata.name) && other.object.metadata.name !== undefined),
    );
}

function* things(members: readonly Member[]): Generator<string> {
  for (const { thing } of members) if (thing !== undefined) yield thing;
}

function onlyOne(names: readonly string[]): string | undefined {
  const different = new Set(names);
  return different.size === 1 ? names[0] : undefined;
}

/** `web` for `web-config`, where web is a workload; of several the longest. */
function byName(name: string, workloads: ReadonlySet<string>): string | undefined {
  return [...workloads]
    .filter((workload) => name === workload || name.startsWith(`${workload}-`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Objects of these kinds stand together, others by their name. */
const TOGETHER: Readonly<Record<string, string>> = {
  CustomResourceDefinition: 'definitions',
  Namespace: 'namespace',
  LimitRange: 'namespace',
  ResourceQuota: 'namespace',
  NetworkPolicy: 'network-policies',
  StorageClass: 'storage',
  PersistentVolume: 'storage',
  PriorityClass: 'priority-classes',
  MutatingWebhookConfiguration: 'webhooks',
  ValidatingWebhookConfiguration: 'webhooks',
};

/** Whether it stands with others of its kind, and is not called after them. */
export function standsTogether({ object }: BuiltObject, { name }: Thing): boolean {
  return TOGETHER[object.kind] === name;
}

function standingAlone({ name, object }: BuiltObject): string {
  return TOGETHER[object.kind] ?? name;
}

function selectorOf(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  const path = object.kind === 'NetworkPolicy' ? ['spec', 'podSelector'] : ['spec', 'selector'];
  const selector = at(object, path);
  if (!isMap(selector)) return undefined;
  const labels = selector['matchLabels'];
  return isMap(labels)
    ? labels
    : 'matchExpressions' in selector
      ? undefined
      : object.kind === 'Service'
        ? selector
        : undefined;
}

function selects(selector: Readonly<Record<string, unknown>>, labels: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

function podOf(object: KubernetesObject): Readonly<Record<string, unknown>> | undefined {
  if (object.kind === 'Pod') return object;
  const path = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const template = at(object, path);
  return isMap(template) ? template : undefined;
}

function podLabels(object: KubernetesObject): Readonly<Record<string, unknown>> {
  const labels = at(podOf(object), ['metadata', 'labels']);
  return isMap(labels) ? labels : {};
}

function labelsOf(object: KubernetesObject): Readonly<Record<string, unknown>> {
  return isMap(object.metadata.labels) ? object.metadata.labels : {};
}

function subjectsOf(object: KubernetesObject): unknown[] {
  const subjects = object['subjects'];
  return Array.isArray(subjects) ? subjects.map((subject) => at(subject, ['name'])) : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isMap(found) ? found[key] : undefined), value);
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (value !== null && typeof value === 'object')
    for (const field of Object.values(value)) yield* stringsIn(field);
}
