import type { Probe } from '../../../manifests/probes';
import { PROBES, probeOf } from '../../../manifests/probes';
import { check } from '../../check';

const manifests = (timing: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:3.1.0
          livenessProbe: { httpGet: { path: /alive, port: 8080 }, ${timing} }
`;

export default check({
  id: 'probe-timing-sane',
  group: 'lifecycle',
  description: 'a probe waits less than it pauses, and a container is not killed for one slow answer',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  fix: 'set timeoutSeconds below periodSeconds, failureThreshold to 2 or more at the livenessProbe, and a startupProbe for slow starts',
  example: {
    broken: manifests('periodSeconds: 5, timeoutSeconds: 10'),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].livenessProbe.timeoutSeconds'],
    fixed: manifests('periodSeconds: 10, timeoutSeconds: 5'),
  },
  *judge(world) {
    for (const workload of world.workloads) {
      for (const container of workload.running) {
        for (const kind of PROBES) {
          const probe = probeOf(container, kind);
          const wrong = probe && wrongWith(probe);
          if (wrong)
            yield {
              resource: workload.resource,
              path: [...probe.path, wrong.field],
              value: probe.json[wrong.field],
              message: `the ${kind} of container ${container.name} ${wrong.message}`,
            };
        }
        const [startup, liveness] = [probeOf(container, 'startupProbe'), probeOf(container, 'livenessProbe')];
        if (!startup && liveness && liveness.delay >= 120) {
          yield {
            resource: workload.resource,
            path: [...liveness.path, 'initialDelaySeconds'],
            value: liveness.delay,
            message: `container ${container.name} is not looked after for the first ${liveness.delay} seconds, however soon it is up; a startupProbe waits as long as it takes and no longer`,
          };
        }
      }
    }
  },
});

function wrongWith({
  kind,
  timeout,
  period,
  failures,
  json,
}: Probe): { readonly field: string; readonly message: string } | undefined {
  // While a program starts, quick questions that wait long do no harm.
  if (timeout > period && kind !== 'startupProbe')
    return {
      field: 'timeoutSeconds',
      message: `may take ${timeout} seconds and is due every ${period}: failures are noticed later than its numbers say`,
    };
  if (kind === 'livenessProbe' && failures === 1)
    return { field: 'failureThreshold', message: 'kills it for a single answer that is late or wrong' };
  if (kind === 'livenessProbe' && period * failures < 10 && json['exec'] === undefined)
    return {
      field: 'periodSeconds',
      message: `kills it after ${period * failures} seconds without an answer: a pause of the node or a burst of load is enough`,
    };
  return undefined;
}
