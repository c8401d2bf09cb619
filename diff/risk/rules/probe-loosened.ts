import type { DefaultedProbe, ProbeKind } from '../../../manifests/probes';
import { probeOf } from '../../../manifests/probes';
import { list, record } from '../../../manifests/resource';
import type { Container } from '../../../manifests/workload';
import { containerChanges } from '../containers';
import { changesAt, fieldAt } from '../paths';
import { soMany } from '../plural';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (probe: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: 'example.com/web:1.4.0'${probe} }] } }
`;

export default riskRule({
  id: 'probe-loosened',
  class: 'disruption',
  description: 'a readiness probe that goes or says nothing, and a liveness or startup probe that has less patience',
  reason:
    'Without a readiness probe a Service sends requests to pods that do not serve yet, and a rollout goes on over broken ones. A liveness probe with less patience restarts containers that are slow, all of them at once under load.',
  source: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  advice:
    'keep the readiness probe; give a liveness probe more patience than the slowest answer takes, and a startup probe the slowest start',
  example: {
    before: web(', readinessProbe: { httpGet: { port: 8080 } }'),
    after: web(''),
    finds: ['Deployment/shop/web spec.template.spec.containers[web].readinessProbe'],
    harmless: web(', readinessProbe: { httpGet: { port: 8080 }, periodSeconds: 5 }'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change } = workload;
      for (const { before, after, path } of containerChanges(workload)) {
        if (before.role !== 'container' && before.role !== 'sidecar') continue;
        const at = (kind: ProbeKind) => fieldAt(change, [...path, kind]);
        const kinds = (['readinessProbe', 'livenessProbe', 'startupProbe'] as const).filter((kind) =>
          changesAt(change, [...path, kind]),
        );
        if (kinds.length === 0) continue;
        const readiness = readinessLost(before, after);
        if (readiness !== undefined) yield { change, field: at('readinessProbe'), message: readiness };
        const [start, old] = [startPatience(after), startPatience(before)];
        if (start < old)
          yield {
            change,
            field: at('startupProbe') ?? at('livenessProbe'),
            message: `a container that is not up after ${soMany(start, 'second')} is restarted; ${old === Number.POSITIVE_INFINITY ? 'none was' : `it had ${old}`} before`,
          };
        const [patience, was] = [livePatience(after), livePatience(before)];
        // What a new liveness probe does to slow starters is said above.
        if (patience < was && (was < Number.POSITIVE_INFINITY || start >= old))
          yield {
            change,
            field: at('livenessProbe'),
            message: `a container that does not answer for ${soMany(patience, 'second')} is restarted; ${was === Number.POSITIVE_INFINITY ? 'none was' : `it had ${was}`} before`,
          };
      }
    }
  },
});

function readinessLost(before: Container, after: Container): string | undefined {
  const [was, is] = [before, after].map((container) => probeOf(container, 'readinessProbe'));
  if (!was || saysNothing(was)) return undefined;
  if (!is) return 'pods count as ready as soon as they run: they get requests before they can answer';
  return saysNothing(is) ? 'the readiness probe always succeeds: pods get requests before they can answer' : undefined;
}

/** `exec: { command: ['true'] }` */
function saysNothing({ json }: DefaultedProbe): boolean {
  const command = list(record(json['exec'])?.['command']).map(String);
  return (
    record(json['exec']) !== undefined &&
    /^((\/usr)?\/bin\/)?(true|(sh|bash) -c (true|exit 0|:)|echo( \w+)?)$/.test(command.join(' '))
  );
}

/** For how long a container may take to start. */
function startPatience(container: Container): number {
  const probe = probeOf(container, 'startupProbe') ?? probeOf(container, 'livenessProbe');
  return probe ? probe.delay + probe.period * probe.failures : Number.POSITIVE_INFINITY;
}

/** For how long it may fail to answer once it is up. */
function livePatience(container: Container): number {
  const probe = probeOf(container, 'livenessProbe');
  return probe ? probe.period * probe.failures : Number.POSITIVE_INFINITY;
}
