import type { Json } from '../../../manifests/resource';
import { withDefaults } from '../../../upstream/kubernetes/defaults';
import { reducedLive } from '../../../upstream/kubernetes/live';
import { apiOf } from '../../../upstream/kubernetes/model';
import { oneFormOf } from '../../../upstream/kubernetes/one-form';
import { differences } from '../../oracle/defaults-cases';
import dump from './live-35.json';

const OBJECTS = dump as unknown as readonly { readonly live: Json; readonly wanted: Json }[];

function drift(live: Json, wanted: Json): string[] {
  const { definition } = apiOf(35).kind(String(wanted['apiVersion']), String(wanted['kind']))!;
  const [ours, theirs] = [reducedLive(live, wanted, 35), wanted].map((object) =>
    oneFormOf(withDefaults(object, 35), definition),
  );
  return differences(theirs, ours, '');
}

/** What a cluster had after controllers had run: `npm run oracle:live` asks one. */
test.each(OBJECTS.map(({ live, wanted }) => [wanted['kind'], live, wanted] as const))(
  'a live %s is its manifest again, with managedFields and without',
  (_kind, live, wanted) => {
    const { managedFields, ...metadata } = live['metadata'] as Json;
    expect(managedFields).toBeDefined();
    const placed = { ...wanted, metadata: { ...(wanted['metadata'] as Json), namespace: metadata['namespace'] } };
    const where = metadata['namespace'] === undefined ? wanted : placed;
    expect(drift(live, where)).toEqual([]);
    expect(drift({ ...live, metadata }, where)).toEqual([]);
  },
);

const WANTED = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
  },
};

/** The manifest as it is live after somebody changed it. */
function live(
  change: (object: typeof WANTED & Json) => void,
  manager: string,
  fieldsV1: Json,
  subresource?: string,
): Json {
  const object = structuredClone(withDefaults(WANTED, 35)) as typeof WANTED & Json;
  change(object);
  const entry = { manager, operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1, subresource };
  return { ...object, metadata: { ...object.metadata, uid: 'u', managedFields: [entry] } };
}

const replicas = (object: Json) => Object.assign(object['spec'] as object, { replicas: 7 });
const REPLICAS = { 'f:spec': { 'f:replicas': {} } };

test('replicas that the manifest does not set are the autoscaler’s, who scales by the subresource', () => {
  expect(drift(live(replicas, 'kube-controller-manager', REPLICAS, 'scale'), WANTED)).toEqual([]);
  expect(drift(live(replicas, 'kubectl', REPLICAS, 'scale'), WANTED)).toEqual(['spec.replicas = 7']);
});

test('what the manifest sets and somebody else changed is drift, whoever it was', () => {
  const wanted = { ...WANTED, spec: { ...WANTED.spec, replicas: 2 } };
  expect(drift(live(replicas, 'kube-controller-manager', REPLICAS, 'scale'), wanted)).toEqual(['spec.replicas = 7']);
  expect(drift(live(replicas, 'kubectl', REPLICAS, 'scale'), wanted)).toEqual(['spec.replicas = 7']);
});

const note = (object: typeof WANTED & Json) => Object.assign(object.metadata, { annotations: { note: 'x' } });
const NOTE = { 'f:metadata': { 'f:annotations': { '.': {}, 'f:note': {} } } };

test.each([
  ['kubectl-edit', ['metadata.annotations = {"note":"x"}']],
  ['kubectl-annotate', ['metadata.annotations = {"note":"x"}']],
  ['argocd-controller', ['metadata.annotations = {"note":"x"}']],
  ['a-script', ['metadata.annotations = {"note":"x"}']],
  ['kube-controller-manager', []],
  ['cert-manager-cainjector', []],
  ['prometheus-operator', []],
  ['vpa-updater', []],
])('an annotation that %s added is %j', (manager, expected) => {
  expect(drift(live(note, manager, NOTE), WANTED)).toEqual(expected);
});

const sidecar = (object: typeof WANTED & Json) =>
  object.spec.template.spec.containers.push({ name: 'proxy', image: 'proxy:1' });
const SIDECAR = {
  'f:spec': {
    'f:template': {
      'f:spec': { 'f:containers': { 'k:{"name":"proxy"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
    },
  },
};

test('a container that a person added is drift, and one that a controller added is not', () => {
  expect(drift(live(sidecar, 'kubectl-edit', SIDECAR), WANTED).join()).toContain('proxy:1');
  expect(drift(live(sidecar, 'sidecar-injector', SIDECAR), WANTED)).toEqual([]);
});

test('what is missing in the cluster is drift', () => {
  const gone = live((object) => object.spec.template.spec.containers.pop(), 'kubectl-edit', {});
  expect(drift(gone, WANTED).join()).toContain('spec.template.spec.containers');
});

test('finalizers are kept by value: those of controllers go, those of people stay', () => {
  const finalized = (manager: string) =>
    live((object) => Object.assign(object.metadata, { finalizers: ['example.com/a'] }), manager, {
      'f:metadata': { 'f:finalizers': { '.': {}, 'v:"example.com/a"': {} } },
    });
  expect(drift(finalized('kubectl-patch'), WANTED)).toEqual(['metadata.finalizers = ["example.com/a"]']);
  expect(drift(finalized('some-controller'), WANTED)).toEqual([]);
});
