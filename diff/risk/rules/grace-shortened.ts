import { number, record } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { soMany } from '../plural';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (seconds: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { terminationGracePeriodSeconds: ${seconds}, containers: [{ name: web, image: 'example.com/web:1.4.0' }] }
`;

export default riskRule({
  id: 'grace-shortened',
  class: 'disruption',
  description:
    'pods that get less time to stop, that stop without the hook that lets traffic move away first, or whose hook takes all of that time',
  reason:
    'A process that has not ended after the grace period is killed with the requests it has at hand. Without a preStop hook it may end while proxies still send requests to it.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  advice: 'measure how long the longest request takes, and leave that and a few seconds for the proxies',
  example: {
    before: web(60),
    after: web(20),
    finds: ['Deployment/shop/web spec.template.spec.terminationGracePeriodSeconds'],
    harmless: web(90),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      const [was, is] = [graceOf(before), graceOf(after)];
      if (is < was)
        yield {
          change,
          field: fieldAt(change, [...after.podSpecPath.map(String), 'terminationGracePeriodSeconds']),
          message:
            is === 0
              ? 'pods are killed at once when they are to stop'
              : `pods are killed ${soMany(is, 'second')} after they are told to stop, and had ${was} before`,
        };
      for (const { before: old, after: now, path } of containerChanges(workload)) {
        const field = fieldAt(change, [...path, 'lifecycle', 'preStop']);
        const [sleep, slept] = [sleepOf(now), sleepOf(old)];
        // The grace period begins with the hook; the program has what is left, and 2 seconds at least (pkg/kubelet/kuberuntime, minimumGracePeriodInSeconds).
        if (sleep !== undefined && sleep >= is && is > 0 && (slept === undefined || slept < was))
          yield {
            change,
            field: field ?? fieldAt(change, [...after.podSpecPath.map(String), 'terminationGracePeriodSeconds']),
            message: `the preStop hook of ${now.name} takes ${soMany(sleep, 'second')} of the ${is} that the pod has to stop: it is cut off, and the program is killed 2 seconds after it is told to stop`,
            advice: 'let terminationGracePeriodSeconds be as long as the hook and the longest request together',
          };
        if (!field || slept === undefined) continue;
        if (sleep === undefined) yield { change, field, message: `${now.name} stops at once: its preStop hook goes` };
        else if (sleep < slept)
          yield {
            change,
            field,
            message: `${now.name} stops ${soMany(sleep, 'second')} after it leaves the Services, and had ${slept} before`,
          };
      }
    }
  },
});

function graceOf({ podSpec }: WorkloadManifest): number {
  return number(podSpec['terminationGracePeriodSeconds']) ?? 30;
}

/** How long the preStop hook sleeps; 0 where that is not known, undefined where there is none. */
function sleepOf({ json }: Container): number | undefined {
  const hook = record(record(json['lifecycle'])?.['preStop']);
  if (!hook) return undefined;
  const words = JSON.stringify(record(hook['exec'])?.['command'] ?? '');
  return number(record(hook['sleep'])?.['seconds']) ?? Number(/\bsleep\W+(\d+)/.exec(words)?.[1] ?? 0);
}
