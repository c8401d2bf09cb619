import type { Kinds } from './kubernetes';
import { Objects } from './kubernetes';
import type { Endpoint } from './reach';
import { Reach } from './reach';

const a: Endpoint = { name: 'a', namespace: 'one', labels: { app: 'a' } };
const b: Endpoint = { name: 'b', namespace: 'two', labels: { app: 'b' } };
const stranger: Endpoint = { name: 'stranger', namespace: 'one', labels: { app: 'b' } };

/** The rules among namespaces one and two, with these policies in two. */
function reach(...specs: Kinds['NetworkPolicy']['spec'][]): Reach {
  const policies = specs.map((spec, i) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `p${i}`, namespace: 'two' },
    spec,
  }));
  return new Reach(new Objects(policies), { one: { team: 'x' }, two: {} });
}
const fromOne = {
  from: [{ namespaceSelector: { matchLabels: { team: 'x' } }, podSelector: { matchLabels: { app: 'a' } } }],
  ports: [{ protocol: 'TCP', port: 80 }],
};

test('without policies everything passes', () => {
  expect(reach().allows(a, b, 80)).toBe(true);
});

test('a policy that selects a pod and allows nothing stops everything in its direction', () => {
  const deny = reach({ podSelector: {}, policyTypes: ['Ingress'] });
  expect(deny.allows(a, b, 80)).toBe(false);
  expect(deny.allows(b, a, 80)).toBe(true);
});

test('a policy that selects other pods says nothing', () => {
  expect(reach({ podSelector: { matchLabels: { app: 'c' } }, policyTypes: ['Ingress'] }).allows(a, b, 80)).toBe(true);
});

test('a rule allows its peers at its ports, and policies add up', () => {
  const some = reach(
    { podSelector: {}, policyTypes: ['Ingress'] },
    { podSelector: { matchLabels: { app: 'b' } }, policyTypes: ['Ingress'], ingress: [fromOne] },
  );
  expect(some.allows(a, b, 80)).toBe(true);
  expect(some.allows(a, b, 81)).toBe(false);
  expect(some.allows(a, b, 80, 'UDP')).toBe(false);
  expect(some.allows(stranger, b, 80)).toBe(false);
});

test("a pod selector alone means the policy's own namespace", () => {
  const own = reach({
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }] }],
  });
  expect(own.allows({ ...b, name: 'b2' }, b, 80)).toBe(true);
  expect(own.allows(stranger, b, 80)).toBe(false);
});
