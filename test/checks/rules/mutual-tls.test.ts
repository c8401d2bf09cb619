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

describe('what Prometheus scrapes', () => {
  const prometheus = (labels = '') =>
    `{ apiVersion: v1, kind: Namespace, metadata: { name: monitoring${labels} } }
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: prometheus, namespace: monitoring }, spec: { selector: { matchLabels: { app: prometheus } }, template: { metadata: { labels: { app: prometheus } }, spec: { containers: [{ name: prometheus, image: 'prom/prometheus:v3.5.0' }] } } } }`;
  const monitor = (endpoint = '') =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: metrics${endpoint} }] } }`;
  const web = (annotations = '', port = 9100) =>
    `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { istio-injection: enabled } } }
---
{ apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: { name: default, namespace: shop }, spec: { mtls: { mode: STRICT } } }
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web }, annotations: {${annotations}} }, spec: { containers: [{ name: web, image: 'shop/web:1', ports: [{ name: metrics, containerPort: ${port} }] }] } } } }`;
  const AT = ['fail spec.podMetricsEndpoints[0].port'];
  test.each([
    ['from outside of the mesh', all(web(), monitor(), prometheus()), AT],
    ['from within', all(web(), monitor(), prometheus(', labels: { istio-injection: enabled }')), []],
    ['from who knows where', all(web(), monitor()), []],
    ['by what the proxy serves', all(web("prometheus.io/scrape: 'true'"), monitor(), prometheus()), []],
    ['at a port of the proxy', all(web('', 15020), monitor(), prometheus()), []],
    ['with a certificate, perhaps', all(web(), monitor(', scheme: https'), prometheus()), []],
  ])('%s', (_, text, found) => {
    expect(verdicts(ID, text)).toEqual(found);
  });
});
