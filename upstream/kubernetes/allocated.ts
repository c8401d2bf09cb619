import type { Json } from '../../manifests/resource';
import { list, mappings, record, string } from '../../manifests/resource';
import { withField } from './fill/filling';

/** What a cluster puts into objects of a kind that nobody wrote there. */
interface Allocated {
  /** Fields of the spec. */
  readonly spec?: readonly string[];
  readonly annotations?: readonly string[];
  readonly finalizers?: readonly string[];
  /** What is not a whole field of its own. */
  readonly more?: (live: Json, wanted: Json) => Json;
}

/** In an annotation kubectl keeps the whole manifest, which tells everything twice, and what a Secret holds in clear text. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Of every object: what the server itself keeps in its metadata, and nobody writes down for it. */
export const SERVER_METADATA: readonly string[] = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
];
/** What those who apply an object write down for themselves. */
const ANNOTATIONS = [
  LAST_APPLIED,
  'argocd.argoproj.io/tracking-id',
  'meta.helm.sh/release-name',
  'meta.helm.sh/release-namespace',
];
const LABELS = [
  'applyset.kubernetes.io/part-of',
  'kustomize.toolkit.fluxcd.io/name',
  'kustomize.toolkit.fluxcd.io/namespace',
  'helm.toolkit.fluxcd.io/name',
  'helm.toolkit.fluxcd.io/namespace',
];
const DEPLOYMENT_ANNOTATIONS = [
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
];
const PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'];

const KINDS: Readonly<Record<string, Allocated>> = {
  Service: {
    spec: ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort'],
    more: nodePorts,
  },
  PersistentVolumeClaim: {
    spec: ['volumeName', 'storageClassName'],
    annotations: [
      ...PROVISIONERS,
      'pv.kubernetes.io/bind-completed',
      'pv.kubernetes.io/bound-by-controller',
      'volume.kubernetes.io/selected-node',
    ],
    finalizers: ['kubernetes.io/pvc-protection'],
  },
  PersistentVolume: {
    more: boundClaim,
    annotations: ['pv.kubernetes.io/bound-by-controller', 'pv.kubernetes.io/provisioned-by'],
    finalizers: ['kubernetes.io/pv-protection', 'external-provisioner.volume.kubernetes.io/finalizer'],
  },
  Pod: { spec: ['nodeName', 'priority', 'preemptionPolicy', 'imagePullSecrets'], more: podAdmission },
  Job: { more: jobLabels },
  Deployment: { annotations: DEPLOYMENT_ANNOTATIONS },
  ReplicaSet: { annotations: DEPLOYMENT_ANNOTATIONS },
  DaemonSet: { annotations: ['deprecated.daemonset.template.generation'] },
  Ingress: { spec: ['ingressClassName'] },
  CertificateSigningRequest: { spec: ['username', 'uid', 'groups', 'extra'] },
  APIService: { spec: ['caBundle'] },
  ClusterRole: {
    more: (live, wanted) =>
      wanted['aggregationRule'] !== undefined && wanted['rules'] === undefined
        ? withField(live, 'rules', undefined)
        : live,
  },
  ValidatingWebhookConfiguration: { more: webhookBundles },
  MutatingWebhookConfiguration: { more: webhookBundles },
  CustomResourceDefinition: {
    annotations: ['api-approved.kubernetes.io'],
    more: (live, wanted) => without(live, wanted, ['spec', 'conversion', 'webhook', 'clientConfig'], ['caBundle']),
  },
  Secret: { more: accountToken },
};

/**
 * A live object without what the cluster put there: its status, what the server writes into the metadata, addresses, ports and names
 * that were given, what admission adds to pods. What the manifest sets itself stays.
 */
export function withoutAllocated(live: Json, wanted: Json): Json {
  const kind = string(live['kind']) ?? '';
  const own = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const metadata = ['metadata'];
  let left = wanted['status'] === undefined ? withField(live, 'status', undefined) : live;
  left = withField(left, 'metadata', bare(record(left['metadata']) ?? {}));
  left = without(left, wanted, [...metadata, 'annotations'], [...ANNOTATIONS, ...(own?.annotations ?? [])]);
  left = without(left, wanted, [...metadata, 'labels'], LABELS);
  if (own?.finalizers) left = finalizers(left, wanted, own.finalizers);
  if (own?.spec) left = without(left, wanted, ['spec'], own.spec);
  return own?.more ? own.more(left, wanted) : left;
}

function bare(metadata: Json): Json {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !SERVER_METADATA.includes(name)));
}

/** A live object without fields of a struct that the manifest does not set; without the struct too where nothing is left of what was no struct of the manifest. */
function without(live: Json, wanted: Json | undefined, path: readonly string[], fields: readonly string[]): Json {
  const [first, ...rest] = path;
  if (first === undefined)
    return fields.reduce(
      (left, name) => (wanted?.[name] === undefined ? withField(left, name, undefined) : left),
      live,
    );
  const inner = record(live[first]);
  if (!inner) return live;
  const left = without(inner, record(wanted?.[first]), rest, fields);
  const stays = left === inner || Object.keys(left).length > 0 || record(wanted?.[first]) !== undefined;
  return withField(live, first, stays ? left : undefined);
}

function finalizers(live: Json, wanted: Json, added: readonly string[]): Json {
  const written = list(record(wanted['metadata'])?.['finalizers']);
  const metadata = record(live['metadata']) ?? {};
  const left = list(metadata['finalizers']).filter(
    (name) => written.includes(name) || !added.includes(string(name) ?? ''),
  );
  return withField(live, 'metadata', withField(metadata, 'finalizers', left.length > 0 ? left : undefined));
}

function changedIn(live: Json, path: readonly string[], change: (value: unknown) => unknown): Json {
  const [first = '', ...rest] = path;
  if (rest.length === 0) return withField(live, first, change(live[first]));
  const inner = record(live[first]);
  return inner ? withField(live, first, changedIn(inner, rest, change)) : live;
}

function nodePorts(live: Json, wanted: Json): Json {
  const written = mappings(record(wanted['spec'])?.['ports']);
  return changedIn(live, ['spec', 'ports'], (ports) =>
    Array.isArray(ports)
      ? mappings(ports).map((port) =>
          written.some(
            (own) =>
              own['port'] === port['port'] &&
              (own['protocol'] ?? 'TCP') === (port['protocol'] ?? 'TCP') &&
              own['nodePort'] !== undefined &&
              own['nodePort'] !== 0,
          )
            ? port
            : withField(port, 'nodePort', undefined),
        )
      : ports,
  );
}

const TOKENS = '/var/run/secrets/kubernetes.io/serviceaccount';
const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The token of the ServiceAccount with its mounts, and how long a pod stays on a node that is lost. */
function podAdmission(live: Json, wanted: Json): Json {
  const spec = record(wanted['spec']) ?? {};
  const names = new Set(mappings(spec['volumes']).map(({ name }) => name));
  const tolerated = new Set(mappings(spec['tolerations']).map(({ key }) => key));
  const kept = (entries: unknown, keep: (entry: Json) => boolean) => {
    const left = mappings(entries).filter(keep);
    return left.length > 0 ? left : undefined;
  };
  const isToken = (name: unknown) => !names.has(name) && (string(name) ?? '').startsWith('kube-api-access-');
  let left = changedIn(live, ['spec', 'volumes'], (volumes) => kept(volumes, ({ name }) => !isToken(name)));
  left = changedIn(left, ['spec', 'tolerations'], (all) =>
    kept(
      all,
      (entry) =>
        !(
          TAINTS.includes(string(entry['key']) ?? '') &&
          entry['tolerationSeconds'] === 300 &&
          !tolerated.has(entry['key']) &&
          !tolerated.has(undefined)
        ),
    ),
  );
  for (const field of ['containers', 'initContainers'])
    left = changedIn(left, ['spec', field], (containers) =>
      Array.isArray(containers)
        ? mappings(containers).map((container) =>
            withField(
              container,
              'volumeMounts',
              kept(container['volumeMounts'], (mount) => !(mount['mountPath'] === TOKENS && isToken(mount['name']))),
            ),
          )
        : containers,
    );
  return left;
}

const JOB_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/** The labels by which a Job finds its pods; the object has them too where it takes its labels from the template. */
function jobLabels(live: Json, wanted: Json): Json {
  let left = without(live, wanted, ['spec', 'selector', 'matchLabels'], JOB_LABELS);
  left = without(left, wanted, ['spec', 'template', 'metadata', 'labels'], JOB_LABELS);
  return without(left, wanted, ['metadata', 'labels'], JOB_LABELS);
}

/** The claim that a volume was bound to; one that was reserved for it has more written down afterwards. */
function boundClaim(live: Json, wanted: Json): Json {
  return record(record(wanted['spec'])?.['claimRef'])
    ? without(live, wanted, ['spec', 'claimRef'], ['apiVersion', 'kind', 'uid', 'resourceVersion'])
    : without(live, wanted, ['spec'], ['claimRef']);
}

/** The certificate authority that is injected into webhooks. */
function webhookBundles(live: Json, wanted: Json): Json {
  const written = new Map(mappings(wanted['webhooks']).map((webhook) => [webhook['name'], webhook]));
  if (!Array.isArray(live['webhooks'])) return live;
  const webhooks = mappings(live['webhooks']).map((webhook) =>
    without(webhook, written.get(webhook['name']), ['clientConfig'], ['caBundle']),
  );
  return withField(live, 'webhooks', webhooks);
}

/** What the controller of tokens writes into a Secret that was made for one. */
function accountToken(live: Json, wanted: Json): Json {
  if (wanted['type'] !== 'kubernetes.io/service-account-token') return live;
  const left = without(live, wanted, ['metadata', 'annotations'], ['kubernetes.io/service-account.uid']);
  return without(left, wanted, ['data'], ['token', 'ca.crt', 'namespace']);
}
