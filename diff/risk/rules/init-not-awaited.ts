import type { Container } from '../../../manifests/workload';
import { stepsTo } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { changedWorkloads, templateFields } from '../workloads';

const web = (policy: string, arg = 'up') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: migrate, image: 'example.com/migrate:1.4.0', args: [${arg}]${policy} }]
      containers: [{ name: web, image: 'example.com/web:1.4.0' }]
`;

/** What becomes of the order, by what a container was and what it is. */
const ORDERS: Readonly<Record<string, (name: string) => string>> = {
  'init sidecar': (name) =>
    `the containers start when ${name} has started, and no longer when it has done its work; when it ends it is started again, as long as the pod runs`,
  'init container': (name) =>
    `${name} runs beside the others: they no longer wait for its work, and when it ends it is started again`,
  'sidecar init': (name) => `the pod waits until ${name} ends: if it is a program that goes on, the pod never starts`,
  'container init': (name) => `the pod waits until ${name} ends: if it is a program that goes on, the pod never starts`,
  'sidecar container': (name) => `${name} starts beside the others: they no longer wait until it serves`,
};

export default riskRule({
  id: 'init-not-awaited',
  class: 'disruption',
  description: 'a container that becomes an init container or a sidecar, or was one: what the others wait for',
  reason:
    'An init container has to end before the others start: migrations, files that are made, waiting for a database. With restartPolicy Always it is a sidecar: the others wait only until it has started, and it is started again when it ends.',
  source: 'https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/',
  advice:
    'keep what has an end as an init container without restartPolicy, and give restartPolicy: Always only to programs that go on',
  example: {
    before: web(''),
    after: web(', restartPolicy: Always'),
    finds: ['Deployment/shop/web spec.template.spec.initContainers[migrate].restartPolicy'],
    harmless: web('', 'latest'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change, before, after } = workload;
      for (const is of after.containers) {
        const was = before.containers.find(({ name }) => name === is.name);
        const order = was && ORDERS[`${was.role} ${is.role}`];
        if (!order || !isSameProgram(was, is)) continue;
        const steps = stepsTo(after.podSpecPath, is);
        yield {
          change,
          field: fieldAt(change, [...steps, 'restartPolicy']) ?? fieldAt(change, steps),
          message: order(is.name),
        };
      }
    }
  },
});

/** Whether a name stands for the same program: the image may have another version. */
function isSameProgram(one: Container, other: Container): boolean {
  const [was, is] = [one, other].map(({ json }) => String(json['image'] ?? '').replace(/(:[^/:]*)?(@.*)?$/, ''));
  return was === is;
}
