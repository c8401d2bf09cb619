import type { ReportedFinding } from '../../checks/finding';
import { report } from '../../checks/finding';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { textReport } from '../../report/text';
import { all, namespace, service, workload, worldOf } from './judging';

const findings = (...manifests: readonly string[]): ReportedFinding[] =>
  runChecks(worldOf(all(namespace, ...manifests)), checks).filter(
    ({ severity, verdict }) => severity === 'will-break' && verdict === 'fail',
  );
const said = (...manifests: readonly string[]) =>
  findings(...manifests).map(({ check, object, causedBy }) => [check, object, causedBy]);

const ingress =
  '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }';
const route =
  '{ apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: { name: web, namespace: shop }, spec: { rules: [{ backendRefs: [{ name: web, port: 80 }] }] } }';
const monitor =
  '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: web, namespace: shop }, spec: { selector: { matchLabels: {} }, endpoints: [{ port: http }] } }';
const webhook =
  '{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: { name: web }, webhooks: [{ name: web.example.com, sideEffects: None, admissionReviewVersions: [v1], clientConfig: { service: { name: web, namespace: shop, port: 80 } }, rules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }] }] }';
const dependents = [ingress, route, monitor, webhook];
const pods = workload({ container: 'ports: [{ name: http, containerPort: 8080 }]' });

const consequences = (cause: string) => [
  ['ingress-backend', 'Ingress/shop/web', cause],
  ['monitor-resolves', 'ServiceMonitor/shop/web', cause],
  ['route-backend', 'HTTPRoute/shop/web', cause],
  ['webhook-service-resolves', 'ValidatingWebhookConfiguration/web', cause],
];

test('what needs a Service that selects nothing follows from it', () => {
  const manifests = [
    pods,
    service('selector: { app: wbe }, ports: [{ name: http, port: 80, targetPort: http }]'),
    ...dependents,
  ];
  expect(said(...manifests)).toHaveLength(5);
  expect(said(...manifests)).toEqual(
    expect.arrayContaining([
      ['service-selects-workload', 'Service/shop/web', undefined],
      ...consequences('service-selects-workload Service/shop/web'),
    ]),
  );
});

test('what needs a port that no pod has follows from the Service that names it', () => {
  const manifests = [
    pods,
    service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: htpp }]'),
    ...dependents,
  ];
  expect(said(...manifests)).toHaveLength(5);
  expect(said(...manifests)).toEqual(
    expect.arrayContaining([
      ['service-targetport-resolves', 'Service/shop/web', undefined],
      ...consequences('service-targetport-resolves Service/shop/web'),
    ]),
  );
});

test('nothing follows from a Service that is whole, with endpoints of its own, or of which nobody knows the pods', () => {
  const ports = 'ports: [{ name: http, port: 80, targetPort: http }]';
  expect(said(pods, service(`selector: { app: web }, ${ports}`), ...dependents)).toEqual([]);
  const slice =
    '{ apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: { name: web-1, namespace: shop, labels: { kubernetes.io/service-name: web } }, addressType: IPv4, ports: [{ name: http, port: 80 }], endpoints: [{ addresses: [10.1.2.3] }] }';
  expect(said(pods, service(ports), slice, ...dependents)).toEqual([]);
  const elsewhere = runChecks(worldOf(all(service(`selector: { app: web }, ${ports}`), ...dependents)), checks).filter(
    ({ severity, verdict }) => severity === 'will-break' && verdict === 'fail',
  );
  expect(elsewhere).toEqual([]);
});

test('a cause is shown once, with what follows from it', () => {
  const found = findings(
    pods,
    service('selector: { app: wbe }, ports: [{ name: http, port: 80, targetPort: http }]'),
    ...dependents,
  );
  const shown = textReport(report(found, [], { objects: 7, checks: checks.length, suppressed: 0, skipped: 0 }), {
    all: false,
    color: false,
  });
  expect(shown.match(/^ {2}\S+ {2}/gm)).toEqual(['  service-selects-workload  ']);
  expect(shown).toMatch(/4 others follow/);
});

test('a connection that is dropped for a wrong port follows from the policy that names it', () => {
  const client = workload({ name: 'client', container: "env: [{ name: WEB_URL, value: 'http://web' }]" });
  const policy = (port: number) =>
    `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: web, namespace: shop }, spec: { podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ podSelector: {} }], ports: [{ port: ${port} }] }] } }`;
  const manifests = (port: number) => [
    pods,
    client,
    service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }]'),
    policy(port),
  ];
  expect(said(...manifests(80))).toEqual([
    ['declared-flow-allowed', 'Deployment/shop/client', 'netpol-uses-pod-port NetworkPolicy/shop/web'],
    ['netpol-uses-pod-port', 'NetworkPolicy/shop/web', undefined],
  ]);
  expect(said(...manifests(8080))).toEqual([]);
  // Another wrong port is another cause.
  expect(said(...manifests(9999))).toEqual([['declared-flow-allowed', 'Deployment/shop/client', undefined]]);
});
