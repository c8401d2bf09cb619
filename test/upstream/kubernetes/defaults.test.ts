import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addOnWithDefaults, withDefaults, withoutEmpty } from '../../../upstream/kubernetes/defaults';
import { apiOf } from '../../../upstream/kubernetes/model';
import { oneForm } from '../../../upstream/kubernetes/one-form';
import { casesOf, ownMadeOf, seedsOf } from '../../oracle/defaults-cases';
import oldest from './defaults-28.json';
import newest from './defaults-35.json';

const SEEDS = ['schema-seeds.yaml', 'defaults-seeds.yaml'].map((name) => {
  const file = join(__dirname, '../../oracle', name);
  return { file, text: readFileSync(file, 'utf8') };
});

/** What API servers made of the first cases of a seed: `npm run oracle:defaults` asks them. */
test.each([oldest, newest])(
  '1.$minor fills in what its API server does, case by case',
  ({ minor, seed, lines, answers }) => {
    const next = casesOf(seedsOf(SEEDS, minor), seed);
    let judged = 0;
    for (const [i, answer] of answers.entries()) {
      const one = next();
      if (answer === null) continue;
      judged++;
      const theirs = answer.split(' ').flatMap((at) => (at === '' ? [] : [lines[Number(at)]]));
      expect({ case: i, what: one.what, made: ownMadeOf(one, minor) }).toEqual({
        case: i,
        what: one.what,
        made: theirs,
      });
    }
    expect(judged).toBe(150);
    expect(lines.length).toBeGreaterThan(150);
  },
);

const POD = { containers: [{ name: 'a', image: 'a:1' }] };
const deployment = (spec: object, image = 'a:1') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: { ...spec, template: { spec: { ...POD, containers: [{ name: 'a', image }] } } },
});

test('an object that a server has already made stays the same object, not a copy', () => {
  const made = withDefaults(deployment({}), 35);
  expect(withDefaults(made, 35)).toBe(made);
  expect(withoutEmpty(made, 35)).toBe(made);
});

test('what is written is never changed by reading it', () => {
  const written = deployment({ strategy: { rollingUpdate: { maxSurge: 0 } }, replicas: null });
  const before = structuredClone(written);
  withDefaults(written, 35);
  expect(written).toEqual(before);
});

test.each([
  ['a', 'Always'],
  ['a:latest', 'Always'],
  ['a:1', 'IfNotPresent'],
  ['registry.example.com:5000/a', 'Always'],
  ['registry.example.com:5000/a:1', 'IfNotPresent'],
  ['a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'IfNotPresent'],
  ['a:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'Always'],
  ['UPPER', 'IfNotPresent'],
])('the image %s is pulled %s', (image, policy) => {
  expect(withDefaults(deployment({}, image), 35)).toMatchObject({
    spec: { template: { spec: { containers: [{ imagePullPolicy: policy }] } } },
  });
});

test('an empty struct that is a pointer stays, and one that is none is nothing', () => {
  const made = withDefaults(deployment({ strategy: {}, selector: {} }) as never, 35);
  expect(made).toMatchObject({ spec: { selector: {}, strategy: { type: 'RollingUpdate' } } });
  const bare = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', spec: { podSelector: {}, ingress: [{}] } };
  expect(withDefaults(bare, 35)['spec']).toEqual({ ingress: [{}], policyTypes: ['Ingress'] });
});

test('a value of a wrong type, an unknown field and an unknown kind stay as they are written', () => {
  const odd = { apiVersion: 'v1', kind: 'Service', spec: { ports: 'none', colour: '', selector: [] } };
  expect(withDefaults(odd, 35)['spec']).toMatchObject({ ports: 'none', colour: '', selector: [] });
  const custom = { apiVersion: 'example.com/v1', kind: 'Thing', spec: { replicas: 0, list: [] } };
  expect(withDefaults(custom, 35)).toBe(custom);
});

test('a key that is called __proto__ is a key like any other', () => {
  const written = JSON.parse('{"apiVersion":"v1","kind":"ConfigMap","data":{"__proto__":"a","b":null}}');
  expect(JSON.stringify(withDefaults(written, 35)['data'])).toBe('{"__proto__":"a","b":""}');
});

test.each([
  ['quantity', '1Gi', '1024Mi'],
  ['quantity', '0.5', '500m'],
  ['quantity', '1', 1],
  ['quantity', '1e3', '1k'],
  ['quantity{}', { cpu: '0.0001' }, { cpu: '1m' }],
  ['time', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00Z'],
  ['time', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z'],
  ['bytes', 'YWJj\nZGVm', 'YWJjZGVm'],
])('of type %s, %j is %j', (type, one, other) => {
  const of = apiOf(35).type(type);
  expect(oneForm(one, of)).toEqual(oneForm(other, of));
});

test.each([
  ['quantity', '1G', '1Gi'],
  ['quantity', '1m', '2m'],
  ['int-or-string', '80', 80],
  ['micro-time', '2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z'],
  ['string', '1Gi', '1024Mi'],
])('of type %s, %j is not %j', (type, one, other) => {
  const of = apiOf(35).type(type);
  expect(oneForm(one, of)).not.toEqual(oneForm(other, of));
});

test('a custom resource of a well-known add-on gets the defaults of its schema, and keeps fields that the schema does not know', () => {
  const route = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'a' },
    spec: { parentRefs: [{ name: 'g' }], rules: [{ backendRefs: [{ name: 'b', port: 80, colour: 'red' }] }] },
  };
  expect(addOnWithDefaults(route)).toMatchObject({
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'g' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', weight: 1, colour: 'red' }],
        },
      ],
    },
  });
  expect(route.spec.parentRefs).toEqual([{ name: 'g' }]);
});

test('what a whole pod requests is the sum of its containers, rounded up to thousandths once it is taken', () => {
  const container = (name: string) => ({ name, image: 'a:1', resources: { requests: { cpu: '1.5m' } } });
  const requests = (...names: readonly string[]) =>
    (
      withDefaults(
        {
          apiVersion: 'v1',
          kind: 'Pod',
          spec: { containers: names.map(container), resources: { limits: { cpu: '2' } } },
        },
        35,
      )['spec'] as { resources: { requests: object } }
    ).resources.requests;
  expect(requests('a')).toEqual({ cpu: '2m' });
  expect(requests('a', 'b')).toEqual({ cpu: '3m' });
});
