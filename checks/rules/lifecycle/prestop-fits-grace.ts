import { sleepOf } from '../../../manifests/pre-stop';
import { number, record } from '../../../manifests/resource';
import { check } from '../../check';

const manifests = (seconds: number) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 30
      containers:
        - name: web
          image: shop/web:3.1.0
          lifecycle: { preStop: { exec: { command: [sleep, '${seconds}'] } } }
`;

export default check({
  id: 'prestop-fits-grace',
  group: 'lifecycle',
  description: 'a preStop hook ends before the termination grace period',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/',
  fix: 'raise terminationGracePeriodSeconds above the duration of the hook plus the shutdown time of the program, or shorten the hook',
  example: {
    broken: manifests(45),
    fails: ['Deployment/shop/web spec.template.spec.containers[0].lifecycle.preStop'],
    fixed: manifests(10),
  },
  *judge(world) {
    for (const { resource, containers, podSpec } of world.workloads) {
      const grace = number(podSpec['terminationGracePeriodSeconds']) ?? 30;
      for (const container of containers) {
        const hook = record(record(container.json['lifecycle'])?.['preStop']);
        const seconds = hook && sleepOf(hook);
        if (seconds === undefined || seconds < grace) continue;
        yield {
          resource,
          path: [...container.path, 'lifecycle', 'preStop'],
          value: hook,
          message: `the preStop hook of container ${container.name} sleeps ${seconds} seconds and the grace period is ${grace}: the container is killed before it gets SIGTERM, and requests in flight are lost`,
        };
      }
    }
  },
});
