import type { DefaultedProbe } from '../../../manifests/probes';
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
  description: 'the timeout of a probe is below its period, and one slow answer does not restart a container',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  fix: 'set timeoutSeconds below periodSeconds, the failureThreshold of a livenessProbe to 2 or more, and add a startupProbe for slow starts',
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
          const problem = probe && problemWith(probe);
          if (problem)
            yield {
              resource: workload.resource,
              path: [...probe.path, problem.field],
              value: probe.json[problem.field],
              message: `the ${kind} of container ${container.name} ${problem.message}`,
            };
        }
        const [startup, liveness] = [probeOf(container, 'startupProbe'), probeOf(container, 'livenessProbe')];
        if (!startup && liveness && liveness.delay >= 120) {
          yield {
            resource: workload.resource,
            path: [...liveness.path, 'initialDelaySeconds'],
            value: liveness.delay,
            message: `container ${container.name} is not probed for the first ${liveness.delay} seconds, even if it starts sooner; a startupProbe waits exactly as long as the start takes`,
          };
        }
      }
    }
  },
});

function problemWith({
  kind,
  timeout,
  period,
  failures,
  json,
}: DefaultedProbe): { readonly field: string; readonly message: string } | undefined {
  // While a container starts, frequent probes with a long timeout do no harm.
  if (timeout > period && kind !== 'startupProbe')
    return {
      field: 'timeoutSeconds',
      message: `has a timeout of ${timeout} seconds and a period of ${period}: failures are detected later than failureThreshold says`,
    };
  if (kind === 'livenessProbe' && failures === 1)
    return { field: 'failureThreshold', message: 'restarts it after a single late or failed answer' };
  if (kind === 'livenessProbe' && period * failures < 10 && json['exec'] === undefined)
    return {
      field: 'periodSeconds',
      message: `restarts it after ${period * failures} seconds without an answer: a short stall of the node or a burst of load is enough`,
    };
  return undefined;
}
