/** Ten faults that everyone makes: what is written in place of what, and the check of strata that finds it. */
export const faults = [
  [
    'a ServiceAccount that does not exist',
    'serviceAccountName: shop',
    'serviceAccountName: shopp',
    'serviceaccount-exists',
  ],
  ['a key that its ConfigMap lacks', 'key: DATABASE_URL', 'key: DB_URL', 'configmap-key-exists'],
  [
    'a Service that selects no pod',
    'selector: { app: shop }\n  ports',
    'selector: { app: shpo }\n  ports',
    'service-selects-workload',
  ],
  ['a target port that no container has', 'targetPort: http', 'targetPort: web', 'service-targetport-resolves'],
  ['an Ingress to a port that its Service lacks', 'port: { number: 80 }', 'port: { number: 8080 }', 'ingress-backend'],
  [
    'an autoscaler of a Deployment that does not exist',
    'kind: Deployment, name: shop',
    'kind: Deployment, name: shops',
    'hpa-target-exists',
  ],
  [
    'a probe of a port that nobody declares',
    'path: /ready, port: http',
    'path: /ready, port: health',
    'probe-port-declared',
  ],
  ['a budget that lets no node drain', 'minAvailable: 2', 'minAvailable: 3', 'pdb-vs-hpa-min'],
  [
    'a policy that shuts DNS off',
    'ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]',
    'ports: [{ port: 54, protocol: UDP }]',
    'dns-egress-allowed',
  ],
  [
    'an image reference that cannot be pulled',
    'image: registry.example.com/shop:1.4.2',
    'image: https://registry.example.com/shop:1.4.2',
    'image-reference-valid',
  ],
].map(([what, right, wrong, check]) => ({ what, right, wrong, check }));

/** The app with one fault. */
export function withFault(app, { right, wrong }) {
  if (app.split(right).length !== 2) throw new Error(`app.yaml should have this once: ${right}`);
  return app.replace(right, wrong);
}
