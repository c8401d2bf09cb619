import { checks } from '../../../checks/registry';
import { all, messages, verdicts } from '../judging';

const ID = 'mutual-tls-reachable';
const broken = checks.find(({ id }) => id === ID)!.example.broken;
const without = (text: string, more = '') => broken.replace(text, more);
const POLICY = 'metadata: { name: default, namespace: shop }\nspec: { mtls: { mode: STRICT } }';
const FAILS = ['fail spec.rules[0].http.paths[0].backend.service.name'];

test.each([
  ['the namespace of the pods is not in the mesh', without(', labels: { istio-injection: enabled }'), []],
  [
    'the gateway is in the mesh',
    without('metadata: { name: edge }', 'metadata: { name: edge, labels: { istio-injection: enabled } }'),
    [],
  ],
  ['nobody says whether it is', without('apiVersion: v1\nkind: Namespace\nmetadata: { name: edge }\n---\n'), []],
  [
    'the policy is for the whole mesh',
    without('metadata: { name: default, namespace: shop }', 'metadata: { name: default, namespace: istio-system }'),
    FAILS,
  ],
  [
    'it is for other pods',
    without(
      POLICY,
      `metadata: { name: default, namespace: shop }\nspec: { selector: { matchLabels: { app: other } }, mtls: { mode: STRICT } }`,
    ),
    [],
  ],
  [
    'the port is excepted',
    without(
      POLICY,
      `metadata: { name: default, namespace: shop }\nspec: { selector: { matchLabels: { app: web } }, mtls: { mode: STRICT }, portLevelMtls: { '8080': { mode: PERMISSIVE } } }`,
    ),
    [],
  ],
  [
    'the port of the Service is, which no pod has',
    without(
      POLICY,
      `metadata: { name: default, namespace: shop }\nspec: { selector: { matchLabels: { app: web } }, mtls: { mode: STRICT }, portLevelMtls: { '80': { mode: PERMISSIVE } } }`,
    ),
    FAILS,
  ],
  [
    'pods with a policy of their own are',
    all(
      broken,
      '{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, mtls: { mode: DISABLE } } }',
    ),
    [],
  ],
  [
    'their own policy leaves it to the namespace',
    all(
      broken,
      '{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, mtls: { mode: UNSET } } }',
    ),
    FAILS,
  ],
  ['Istio serves the Ingress', without('ingressClassName: traefik', 'ingressClassName: istio'), []],
])('%s', (_, text, found) => {
  expect(text).not.toBe(broken);
  expect(verdicts(ID, text)).toEqual(found);
});

test('says which policy, which pods and which gateway', () => {
  expect(messages(ID, broken)).toEqual([
    expect.stringMatching(
      /PeerAuthentication\/shop\/default lets Deployment\/shop\/web .* Deployment\/edge\/traefik is not/,
    ),
  ]);
});
