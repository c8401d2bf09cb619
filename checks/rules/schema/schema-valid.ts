import { check } from '../../check';
import { schemaFindings } from '../../schema';

export default check({
  id: 'schema-valid',
  group: 'schema',
  description: 'every field has a value that the API server of this Kubernetes version accepts',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'pkg/apis/core/validation/validation.go',
  fix: 'set the field to a value of the type and range in the message',
  example: {
    broken: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: "2"
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.0
          imagePullPolicy: Sometimes
          env: [{ name: WORKERS, value: 4 }]
          ports: [{ containerPort: 80800 }]
          readinessProbe: { periodSeconds: 5 }
`,
    fails: [
      'Deployment/default/web spec.replicas',
      'Deployment/default/web spec.template.spec.containers[0].env[0].value',
      'Deployment/default/web spec.template.spec.containers[0].imagePullPolicy',
      'Deployment/default/web spec.template.spec.containers[0].ports[0].containerPort',
      'Deployment/default/web spec.template.spec.containers[0].readinessProbe',
    ],
    fixed: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.0
          imagePullPolicy: IfNotPresent
          env: [{ name: WORKERS, value: "4" }]
          ports: [{ containerPort: 8080 }]
          readinessProbe: { periodSeconds: 5, httpGet: { path: /ready, port: 8080 } }
`,
  },
  judge: (world) => schemaFindings(world, 'schema-valid'),
});
