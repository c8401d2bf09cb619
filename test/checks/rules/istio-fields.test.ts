import { all, messages, verdicts } from '../judging';

const ID = 'istio-field-current';
const of = (kind: string, apiVersion: string, spec: string) =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: web, namespace: shop }, spec: { ${spec} } }`;
const route = (rule: string) => of('VirtualService', 'networking.istio.io/v1', `hosts: [web], http: [{ ${rule} }]`);
const rule = (spec: string) => of('DestinationRule', 'networking.istio.io/v1', `host: web, ${spec}`);

test.each([
  ['networking.istio.io/v1beta1', 'VirtualService', ['fail apiVersion']],
  ['security.istio.io/v1beta1', 'AuthorizationPolicy', ['fail apiVersion']],
  ['telemetry.istio.io/v1alpha1', 'Telemetry', ['fail apiVersion']],
  ['security.istio.io/v1', 'AuthorizationPolicy', []],
  ['networking.istio.io/v1alpha3', 'EnvoyFilter', []],
  ['networking.istio.io/v1beta1', 'ProxyConfig', []],
  ['extensions.istio.io/v1alpha1', 'WasmPlugin', []],
])('%s is current or not for a %s', (version, kind, found) => {
  expect(verdicts(ID, of(kind, version, 'a: b'))).toEqual(found);
});

test.each([
  ['mirror_percent: 25', ['fail spec.http[0].mirror_percent']],
  ['mirrorPercentage: { value: 25 }', []],
  ['fault: { delay: { percent: 5, fixedDelay: 1s } }', ['fail spec.http[0].fault.delay.percent']],
  ['corsPolicy: { allowOrigin: [a] }', ['fail spec.http[0].corsPolicy.allowOrigin']],
])('a rule with %s', (text, found) => {
  expect(verdicts(ID, route(text))).toEqual(found);
});

test('policies of a host, a port, a subset and a port of a subset are read alike', () => {
  const old = 'outlierDetection: { consecutiveErrors: 5 }';
  const ports = `portLevelSettings: [{ port: { number: 80 }, ${old} }]`;
  const spec = `trafficPolicy: { ${old}, ${ports} }, subsets: [{ name: v1, trafficPolicy: { ${old}, ${ports} } }]`;
  expect(verdicts(ID, rule(spec)).sort()).toEqual([
    'fail spec.subsets[0].trafficPolicy.outlierDetection.consecutiveErrors',
    'fail spec.subsets[0].trafficPolicy.portLevelSettings[0].outlierDetection.consecutiveErrors',
    'fail spec.trafficPolicy.outlierDetection.consecutiveErrors',
    'fail spec.trafficPolicy.portLevelSettings[0].outlierDetection.consecutiveErrors',
  ]);
  const simple = (value: string) => rule(`trafficPolicy: { loadBalancer: { simple: ${value} } }`);
  expect(verdicts(ID, all(simple('LEAST_REQUEST')))).toEqual([]);
  expect(messages(ID, simple('LEAST_CONN'))).toEqual([
    'LEAST_CONN is deprecated; in its place stands LEAST_REQUEST, which is the same',
  ]);
});
