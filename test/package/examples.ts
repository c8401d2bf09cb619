/** A Deployment and a Service that selects none of its pods. */
export const SERVICE_WITHOUT_PODS = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:1.2.0
          ports: [{ name: http, containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: { app: wbe }
  ports: [{ port: 80, targetPort: http }]
`;

const BASE = SERVICE_WITHOUT_PODS.replaceAll('  namespace: shop\n', '');

/** A base and an overlay, and what `kustomize build` makes of them. */
export const KUSTOMIZATION = {
  files: {
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': BASE,
    'overlay/kustomization.yaml': 'namespace: prod\nresources: [../base]\nreplicas: [{ name: web, count: 3 }]\n',
  },
  output: BASE.replaceAll('  name: web\n', '  name: web\n  namespace: prod\n').replace('replicas: 2', 'replicas: 3'),
};

export const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'values.yaml': 'port: http\n',
  'templates/web.yaml': BASE.replace('targetPort: http', 'targetPort: {{ .Values.port }}'),
};

/** What \`helm template\` prints: a comment says where each document came from. */
export const HELM_OUTPUT = SERVICE_WITHOUT_PODS.replaceAll(
  'apiVersion: ',
  '# Source: web/templates/web.yaml\napiVersion: ',
)
  .replace('app: wbe', 'app: web')
  .replace('targetPort: http', 'targetPort: htpp');
