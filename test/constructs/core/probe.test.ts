import type { ProbeTiming } from '../../../constructs/core/probe';
import { Probe } from '../../../constructs/core/probe';
import type { Probe as RenderedProbe } from '../../support/kubernetes';
import { podOf, refusal, rendered, workloadIn } from '../../support/render';

function renderedProbe(probe: Probe): RenderedProbe | undefined {
  return podOf(
    rendered((chart) =>
      workloadIn(chart, 'shop', { container: { ports: { http: 8080 }, probes: { readiness: probe } } }),
    ),
  ).spec.containers[0]?.readinessProbe;
}

const timing: Required<ProbeTiming> = { every: 7, timeout: 3, failures: 5 };
const rendering = { periodSeconds: 7, timeoutSeconds: 3, failureThreshold: 5 };

test.each<[string, (timing?: ProbeTiming) => Probe, RenderedProbe]>([
  ['an HTTP GET', (t) => Probe.http('/ready', 'http', t), { httpGet: { path: '/ready', port: 'http' } }],
  [
    'an HTTPS GET',
    (t) => Probe.https('/ready', 'http', t),
    { httpGet: { path: '/ready', port: 'http', scheme: 'HTTPS' } },
  ],
  ['a TCP connection', (t) => Probe.tcp('http', t), { tcpSocket: { port: 'http' } }],
  ['a program', (t) => Probe.exec(['ask', 'it'], t), { exec: { command: ['ask', 'it'] } }],
  ['a gRPC health check', (t) => Probe.grpc(8080, undefined, t), { grpc: { port: 8080 } }],
  ['a gRPC health check of one service', (t) => Probe.grpc(8080, 'shop', t), { grpc: { port: 8080, service: 'shop' } }],
])('%s asks in the time that it is given', (_, probe, handler) => {
  expect(renderedProbe(probe(timing))).toEqual({ ...handler, ...rendering });
  expect(renderedProbe(probe())).toEqual({ ...handler, periodSeconds: 10, timeoutSeconds: 2, failureThreshold: 3 });
});

// The API server takes it, and the kubelet then counts every probe as failed.
// Refused, but while the object is serialized: cdk8s makes an Error of it that has lost place and fixes.
test('a probe of a port that the container does not have is refused', () => {
  const error = refusal(() => renderedProbe(Probe.http('/ready', 'htpp')));
  expect(error.message).toContain('container shop: is probed at port htpp, which it does not have');
  expect(error.fixes[0]).toContain('http');
});
