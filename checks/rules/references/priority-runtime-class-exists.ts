import { string } from '../../../manifests/resource';
import { near } from '../../../model/near';
import { check } from '../../check';
import { respelt } from '../../respelt';

const manifests = (name: string) => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: shop-critical }
value: 1000
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { priorityClassName: ${name}, containers: [{ name: web, image: 'shop/web:3.1.0' }] }
`;
const SYSTEM = `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: system-cluster-critical }
value: 2000000000
`;

const CLASSES: readonly {
  readonly field: string;
  readonly kind: string;
  readonly builtIn: readonly string[];
}[] = [
  {
    field: 'priorityClassName',
    kind: 'PriorityClass',
    builtIn: ['system-cluster-critical', 'system-node-critical'],
  },
  { field: 'runtimeClassName', kind: 'RuntimeClass', builtIn: [] },
];

export default check({
  id: 'priority-runtime-class-exists',
  group: 'references',
  description: 'the PriorityClass and the RuntimeClass of a pod exist',
  severity: 'will-break',
  needs: ['cluster', 'external'],
  source: 'plugin/pkg/admission/priority/admission.go',
  fix: 'name an existing class, or add it',
  example: {
    facts: SYSTEM,
    broken: manifests('critical'),
    fails: ['Deployment/shop/web spec.template.spec.priorityClassName'],
    fixed: manifests('shop-critical'),
  },
  *judge(world) {
    for (const { resource, podSpec, podSpecPath } of world.workloads) {
      if (resource.kind === 'PodTemplate') continue;
      for (const { field, kind, builtIn } of CLASSES) {
        const name = string(podSpec[field]);
        if (!name || builtIn.includes(name)) continue;
        const found = world.find(kind, '', name);
        if (found.is === 'present') continue;
        const at = { resource, path: [...podSpecPath, field], value: name };
        if (found.is === 'absent')
          yield {
            ...at,
            message: `the cluster has no ${kind} ${name}, so no pod is admitted: the API server rejects each as forbidden${near(name, [...world.namesOf(kind, ''), ...builtIn])}`,
            ...respelt(name, [...world.namesOf(kind, ''), ...builtIn]),
          };
        else
          yield {
            ...at,
            verdict: 'unknown',
            message: `whether the cluster has a ${kind} ${name} is not known; give the output of \`kubectl get ${kind.toLowerCase()}es -o yaml\`, or --declare it`,
          };
      }
    }
  },
});
