import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'unknown-field',
  group: 'schema',
  description: 'every field exists in this Kubernetes version',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/reference/using-api/api-concepts/',
  fix: 'correct the name of the field, or move it to the right place',
  example: {
    broken: `
apiVersion: v1
kind: Pod
metadata: { name: worker }
spec:
  containers:
    - name: worker
      image: example.com/worker:2.1.0
      resource: { requests: { cpu: 100m } }
      livenessProbe: { exec: { command: [worker, ping] }, initialDelaySecond: 10 }
`,
    fails: [
      'Pod/default/worker spec.containers[0].livenessProbe.initialDelaySecond',
      'Pod/default/worker spec.containers[0].resource',
    ],
    fixed: `
apiVersion: v1
kind: Pod
metadata: { name: worker }
spec:
  containers:
    - name: worker
      image: example.com/worker:2.1.0
      resources: { requests: { cpu: 100m } }
      livenessProbe: { exec: { command: [worker, ping] }, initialDelaySeconds: 10 }
`,
  },
  judge: (world) => schemaFindings(world, 'unknown-field'),
});
