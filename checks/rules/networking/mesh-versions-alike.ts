import type { Path, Resource } from '../../../manifests/resource';
import { list, mappings, record, string, strings } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { memo } from '../../../model/memo';
import { everyKnown, knownIn } from '../../../world/known';
import { injectionsOfNamespace, injectionsOfPods } from '../../../world/mesh';
import { choosesPods, sendingsOf } from '../../../world/senders';
import { serviceOf, servicesOf } from '../../../world/services';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';
import { repositoriesOf, versionStem } from '../../version-switches';

const version = (name: string, account: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${account}, containers: [{ name: web, image: 'shop/web:3.1.0' }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
---`;
const manifests = (account: string) => `${version('web', 'web')}${version('web-next', account)}
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [web]
  http:
    - route:
        - { destination: { host: web }, weight: 90 }
        - { destination: { host: web-next }, weight: 10 }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: redis, namespace: shop }
spec:
  selector: { matchLabels: { app: redis } }
  rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }] }]
`;

export default check({
  id: 'mesh-versions-alike',
  group: 'networking',
  description:
    'versions of a program that share requests are alike to the mesh: both are in it, and policies that admit one by its ServiceAccount admit the other',
  severity: 'will-break',
  needs: [],
  source: 'https://istio.io/latest/docs/reference/config/security/authorization-policy/',
  fix: 'admit the ServiceAccount of the other version, too, or run both versions by one ServiceAccount',
  example: {
    broken: manifests('web-next'),
    fails: ['AuthorizationPolicy/shop/redis spec.rules[0].from[0].source.principals'],
    fixed: manifests('web'),
  },
  *judge(world) {
    for (const [one, other] of versionPairs(world)) {
      yield* membership(world, one, other);
      for (const [admitted, shut] of [
        [one, other],
        [other, one],
      ] as const)
        yield* policies(world, admitted, shut);
    }
  },
});

type Pair = readonly [WorkloadManifest, WorkloadManifest];

/** Workloads of one program, by its image: what one rule of a route leads to, or one Service selects; of a whole route those that are called alike. */
const versionPairs = memo((world: World): readonly Pair[] => {
  const groups = new Map<string, Set<WorkloadManifest>>();
  const add = (key: string, workload: WorkloadManifest) => {
    const group = groups.get(key) ?? new Set();
    groups.set(key, group.add(workload));
  };
  for (const sending of sendingsOf(world))
    for (const workload of serviceOf(world, sending.namespace, sending.name)?.workloads ?? []) {
      if (!choosesPods(sending, workload)) continue;
      const from = world.idOf(sending.from);
      add(`${from} ${JSON.stringify(sending.path.slice(0, 3))}`, workload);
      add(`${from} ${versionStem(workload.resource.name)}`, workload);
    }
  for (const service of servicesOf(world))
    for (const workload of service.workloads) add(world.idOf(service.resource), workload);
  const pairs = new Map<string, Pair>();
  for (const group of groups.values()) {
    const all = [...group];
    for (const [i, one] of all.entries())
      for (const other of all.slice(i + 1)) {
        const isSameProgram = repositoriesOf(one).some((repository) => repositoriesOf(other).includes(repository));
        if (one.namespace !== other.namespace || !isSameProgram) continue;
        const key = [one, other].map(({ resource }) => world.idOf(resource)).sort();
        pairs.set(key.join(' '), [one, other]);
      }
  }
  return [...pairs.values()];
});

/** The proxy of a mesh in the pods of one version alone, where the namespace or the pods say so. */
function* membership(world: World, one: WorkloadManifest, other: WorkloadManifest): Iterable<Finding> {
  const namespace = knownIn(world, 'Namespace', '').find(({ name }) => name === one.namespace);
  const inIt = (workload: WorkloadManifest) => {
    const said = injectionsOfPods(workload.podLabels, annotationsOf(workload));
    const asked = injectionsOfNamespace(strings(namespace?.at(['metadata', 'labels'])), namespace?.annotations ?? {});
    return new Set([
      ...asked.filter((injection) => said.get(injection) !== false).map(({ mesh }) => mesh),
      ...[...said].flatMap(([{ mesh }, isOn]) => (isOn ? [mesh] : [])),
    ]);
  };
  const [first, second] = [inIt(one), inIt(other)];
  for (const mesh of new Set([...first, ...second])) {
    if (first.has(mesh) === second.has(mesh)) continue;
    const [member, stranger] = first.has(mesh) ? [one, other] : [other, one];
    yield {
      resource: stranger.resource,
      path: [...stranger.templatePath, 'metadata'],
      message: `pods of ${world.idOf(member.resource)} get the proxy of ${mesh}, and those of this version of the same program do not: policies of the mesh do not hold for it, and who takes mutual TLS alone refuses what it sends`,
      fix: 'put both versions into the mesh before one of them gets a share',
    };
  }
}

function annotationsOf({ pod }: WorkloadManifest): Readonly<Record<string, string>> {
  return strings(record(pod['metadata'])?.['annotations']);
}

function accountOf({ podSpec }: WorkloadManifest): string {
  return string(podSpec['serviceAccountName']) || 'default';
}

/** Policies that admit a version by its account, and with all others for the same pods do not admit the other one. */
function* policies(world: World, admitted: WorkloadManifest, shut: WorkloadManifest): Iterable<Finding> {
  if (accountOf(admitted) === accountOf(shut)) return;
  const allowing = everyKnown(world, 'AuthorizationPolicy').filter(
    (policy) => policy.group === 'security.istio.io' && (string(policy.at(['spec', 'action'])) ?? 'ALLOW') === 'ALLOW',
  );
  for (const policy of allowing) {
    if (world.isExternal(policy)) continue;
    const at = placeOf(world, policy, admitted);
    if (!at) continue;
    const beside = allowing.filter(
      (other) =>
        world.namespaceOf(other) === world.namespaceOf(policy) &&
        (isForAll(other) || JSON.stringify(targetOf(other)) === JSON.stringify(targetOf(policy))),
    );
    if (beside.some((other) => admits(world, other, shut))) continue;
    yield {
      resource: policy,
      path: at,
      value: policy.at(at),
      message: `ServiceAccount ${accountOf(admitted)} of ${world.idOf(admitted.resource)} is admitted, and ${accountOf(shut)} of ${world.idOf(shut.resource)}, another version of the same program, is not: its requests are answered with 403`,
    };
  }
}

function targetOf(policy: Resource): readonly unknown[] {
  return ['selector', 'targetRefs', 'targetRef'].map((field) => policy.at(['spec', field]));
}

function isForAll(policy: Resource): boolean {
  return targetOf(policy).every((target) => target === undefined);
}

/** Whether some rule of a policy takes requests of a workload, by its account or from anybody. */
function admits(world: World, policy: Resource, workload: WorkloadManifest): boolean {
  return list(policy.at(['spec', 'rules'])).some((rule) => {
    const sources = mappings(record(rule)?.['from']).map(({ source }) => record(source) ?? {});
    if (sources.length === 0) return true;
    return sources.some((source) => {
      const named = fields(source).some((field) => list(source[field]).length > 0);
      // Namespaces, addresses and tokens may be its own, too.
      return !named || fields(source).some((field) => isNamed(world, policy, source[field], field, workload));
    });
  });
}

/** Where a policy names the account of a workload itself. */
function placeOf(world: World, policy: Resource, workload: WorkloadManifest): Path | undefined {
  for (const [i, rule] of list(policy.at(['spec', 'rules'])).entries())
    for (const [j, entry] of list(record(rule)?.['from']).entries()) {
      const source = record(record(entry)?.['source']) ?? {};
      const field = fields(source).find((name) => isNamed(world, policy, source[name], name, workload));
      if (field) return ['spec', 'rules', i, 'from', j, 'source', field];
    }
  return undefined;
}

function fields(source: object): string[] {
  return ['principals', 'serviceAccounts'].filter((field) => field in source);
}

/** `cluster.local/ns/shop/sa/web`, with a star at the start or the end; `shop/web` or `web` for accounts. */
function isNamed(world: World, policy: Resource, names: unknown, field: string, workload: WorkloadManifest): boolean {
  const [account, namespace] = [accountOf(workload), workload.namespace];
  return list(names).some((value) => {
    const name = String(value);
    if (field === 'serviceAccounts')
      return name === `${namespace}/${account}` || (name === account && world.namespaceOf(policy) === namespace);
    const end = `/ns/${namespace}/sa/${account}`;
    if (name === '*') return true;
    if (name.endsWith('*')) return `cluster.local${end}`.startsWith(name.slice(0, -1));
    return name.startsWith('*') ? `cluster.local${end}`.endsWith(name.slice(1)) : name.endsWith(end);
  });
}
