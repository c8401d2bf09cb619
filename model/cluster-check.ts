import type { ClusterFacts, StorageClass } from './cluster-facts';
import { CSI_PROVIDERS, POD_SECURITY_LEVELS } from './cluster-facts';
import { StrataError } from './errors';
import { minorOf, NEWEST_KUBERNETES, OLDEST_KUBERNETES } from './kubernetes-version';
import { misspellingOf } from './misspelling';
import { checkLabel, labelProblem } from './names';
import { bytesProblem, cpuProblem, wholeProblem } from './quantity';
import type { Shape, ShapeProblem } from './shape';
import { anyOf, fields, leaf, listOf, mapOf, optional, trueOrFalse } from './shape';

/** The folder of the rendered tree that is not a cluster's. */
const RESERVED = 'argocd';

/** Throws where facts of a cluster cannot be: types are not there at run time, and everything rendered rests on them. */
export function checkCluster(name: string, facts: ClusterFacts): void {
  const place = `cluster ${name}`;
  checkLabel(place, name, 40);
  if (name === RESERVED)
    throw new StrataError(place, `${RESERVED}/ in the rendered tree holds what Argo CD reads`, [
      'call the cluster otherwise',
    ]);
  const [first] = [...FACTS(facts, '')].concat(Array.isArray(facts.storage) ? [...storageProblems(facts.storage)] : []);
  if (first === undefined) return;
  const { path, value, problem } = first;
  const found = problem === 'missing' ? 'is missing' : `is ${JSON.stringify(value)}, which is ${problem}`;
  throw new StrataError(path === '' ? place : `${place}, ${path}`, found, [
    problem.startsWith('not a field')
      ? 'remove the field, or write its name right'
      : `${FIXES[path] ?? 'put it right'} (ClusterFacts in model/cluster-facts.ts says what it means)`,
  ]);
}

const FIXES: Readonly<Record<string, string>> = {
  kubernetes: `write major and minor version as a string, from '${OLDEST_KUBERNETES}' to '${NEWEST_KUBERNETES}'`,
  argoCluster: 'say how Argo CD calls the cluster: the name of its cluster secret',
  domain: "name a DNS domain, such as 'apps.example.com'",
  pools: 'declare at least one pool',
  storage: 'name each class once, and leave isDefault to the one that claims without a class get',
};

/** Segments of letters, digits and inner `-`, `_`, `.`, as label values and the names in label keys are. */
const SEGMENT = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function labelKeyProblem(key: string): string | undefined {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const isKey =
    SEGMENT.test(name) && more.length === 0 && (prefix === undefined || domainProblem(prefix) === undefined);
  return isKey ? undefined : 'not a label key';
}

const labelValue = leaf((value) =>
  value === '' || (typeof value === 'string' && SEGMENT.test(value)) ? undefined : 'not a label value',
);
const labels = mapOf(labelKeyProblem, labelValue);
const dnsName = leaf(domainProblem);
const label = leaf((value) => labelProblem(value));
const name = leaf((value) => (typeof value === 'string' && value.trim() !== '' ? undefined : 'not a name'));
const peer = fields({ name, namespaceLabels: labels, podLabels: labels });
const taint = fields({
  key: leaf((value) => (typeof value === 'string' ? labelKeyProblem(value) : 'not a label key')),
  value: optional(labelValue),
  effect: anyOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
});
const pool = fields({
  nodes: leaf((value) => wholeProblem(value, 1)),
  zones: optional(notEmpty(listOf(labelValue))),
  labels: optional(labels),
  taints: optional(listOf(taint)),
  allocatable: fields({
    cpu: leaf(cpuProblem),
    memory: leaf(bytesProblem),
    pods: optional(leaf((value) => wholeProblem(value, 1))),
  }),
});

const minorVersion = leaf((value) =>
  typeof value === 'string' && /^\d{1,3}\.\d{1,3}$/.test(value) ? undefined : 'not a major and minor version',
);

/** As their projects call those that rules know something of. */
const IMPLEMENTATIONS = [
  'traefik',
  'istio',
  'envoy-gateway',
  'cilium',
  'kong',
  'nginx-gateway-fabric',
  'contour',
  'ingress-nginx',
];

function implementationProblem(name: string): string | undefined {
  const [meant] = misspellingOf(name, IMPLEMENTATIONS);
  return meant === undefined ? undefined : `a name that nothing is known of: ${meant} is meant`;
}

const implementationName = leaf((value) => labelProblem(value) ?? implementationProblem(value as string));

/** Traefik 2 read routes of v1alpha2 alone (its provider kubernetesgateway). */
function* implementationProblems(
  { name, version }: Readonly<Record<string, unknown>>,
  path: string,
): Iterable<ShapeProblem> {
  if (name === 'traefik' && typeof version === 'string' && Number(version.split('.')[0]) < 3)
    yield {
      path: `${path}.version`,
      value: version,
      problem: 'older than 3.0, the first that serves routes of gateway.networking.k8s.io/v1',
    };
}

/** The shape of fields, and what is wrong with them together. */
function withProblems(
  problems: (value: Readonly<Record<string, unknown>>, path: string) => Iterable<ShapeProblem>,
  shape: Parameters<typeof fields>[0],
): Shape {
  const own = fields(shape);
  return function* (value, path) {
    const found = [...own(value, path)];
    yield* found;
    if (found.length === 0) yield* problems(value as Readonly<Record<string, unknown>>, path);
  };
}

const FACTS = fields({
  kubernetes: leaf(versionProblem),
  domain: dnsName,
  pools: notEmpty(mapOf(labelProblem, pool)),
  network: fields({ plugin: name, enforcesPolicies: trueOrFalse }),
  gateway: optional(
    fields({
      ...{ name: dnsName, namespace: label, listener: dnsName, admitsNamespaces: labels, pods: peer },
      implementation: optional(
        withProblems(implementationProblems, {
          name: implementationName,
          version: minorVersion,
          features: optional(
            listOf(
              leaf((value) =>
                typeof value === 'string' && /^[A-Za-z0-9]+$/.test(value)
                  ? undefined
                  : 'not a feature of the Gateway API',
              ),
            ),
          ),
          traefikServices: optional(trueOrFalse),
        }),
      ),
    }),
  ),
  istio: optional(
    fields({
      ...{ name: dnsName, namespace: label, pods: peer },
      version: leaf((value) => {
        if (typeof value !== 'string' || !/^\d{1,3}\.\d{1,3}$/.test(value)) return 'not a major and minor version';
        const [major, minor] = value.split('.').map(Number);
        return major! > 1 || minor! >= 22 ? undefined : 'older than 1.22, the first with networking.istio.io/v1';
      }),
    }),
  ),
  argoRollouts: optional(
    fields({ version: minorVersion, pods: peer, sharesBy: optional(anyOf('traefik', 'gateway-api', 'istio')) }),
  ),
  verticalPodAutoscaler: optional(fields({ version: minorVersion })),
  keda: optional(fields({ version: minorVersion, pods: peer })),
  ingress: optional(
    fields({
      ...{ className: dnsName, pods: peer },
      implementation: optional(
        fields({ name: implementationName, version: minorVersion, traefikMiddlewares: optional(trueOrFalse) }),
      ),
    }),
  ),
  storage: listOf(
    fields({
      name: dnsName,
      provisioner: name,
      parameters: optional(
        mapOf(
          () => undefined,
          leaf((value) => (typeof value === 'string' ? undefined : 'not a string')),
        ),
      ),
      isDefault: optional(trueOrFalse),
      binding: anyOf('Immediate', 'WaitForFirstConsumer'),
      reclaim: anyOf('Delete', 'Retain'),
      expandable: trueOrFalse,
    }),
  ),
  kubeletCertificates: anyOf('signed', 'unsigned'),
  podSecurity: anyOf(...POD_SECURITY_LEVELS),
  resourceMetrics: trueOrFalse,
  prometheusOperator: optional(fields({ kubeletService: fields({ namespace: label, labels }) })),
  secretStore: optional(dnsName),
  secrets: optional(deliveryOfSecrets),
  imagePullSecrets: optional(listOf(dnsName)),
  argoCluster: name,
  settings: optional(anything),
  patches: optional(anything),
});

/** Each way has fields of its own. */
function* deliveryOfSecrets(value: unknown, path: string): Iterable<ShapeProblem> {
  const by = (value as { readonly by?: unknown } | null)?.by;
  const folder = leaf((given) =>
    typeof given === 'string' && /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))./.test(given)
      ? undefined
      : 'not a folder of the project',
  );
  const text = leaf((given) => (typeof given === 'string' ? undefined : 'not a string'));
  if (by === 'csi')
    yield* fields({
      by: anyOf('csi'),
      provider: anyOf(...CSI_PROVIDERS),
      prefix: optional(text),
      parameters: optional(mapOf(() => undefined, text)),
    })(value, path);
  else yield* fields({ by: anyOf('sealed-secrets', 'sops', 'csi'), folder })(value, path);
}

/** What layers and patches check themselves. */
function anything(): [] {
  return [];
}

function notEmpty(shape: Shape): Shape {
  return function* (value, path) {
    if (value !== null && typeof value === 'object' && Object.keys(value).length === 0)
      yield { path, value, problem: 'empty' };
    else yield* shape(value, path);
  };
}

function* storageProblems(storage: readonly StorageClass[]): Iterable<ShapeProblem> {
  const names = storage.map((each) => each.name);
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) yield { path: 'storage', value: twice, problem: 'declared twice' };
  const standard = storage.filter(({ isDefault }) => isDefault).map((each) => each.name);
  if (standard.length > 1) yield { path: 'storage', value: standard, problem: 'more than one default class' };
}

function versionProblem(version: unknown): string | undefined {
  const minor = typeof version === 'string' ? /^1\.([1-9]\d*)$/.exec(version)?.[1] : undefined;
  if (minor === undefined) return 'not a Kubernetes version';
  if (Number(minor) < minorOf(OLDEST_KUBERNETES))
    return `older than ${OLDEST_KUBERNETES}, the oldest that is supported`;
  return Number(minor) > Number(NEWEST_KUBERNETES.slice(2))
    ? `newer than ${NEWEST_KUBERNETES}, the newest whose APIs are known`
    : undefined;
}

function domainProblem(domain: unknown): string | undefined {
  const isDomain =
    typeof domain === 'string' &&
    domain.length <= 253 &&
    domain.split('.').every((part) => labelProblem(part) === undefined);
  return isDomain ? undefined : 'not a DNS name';
}
