import { kubernetesData } from '../../../upstream/kubernetes/data';
import { check } from '../../check';

export default check({
  id: 'api-removed',
  group: 'upgrade',
  description:
    'the Kubernetes version still serves the version of the API that an object is written in, and the next ones will',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  fix: 'move the object to the version of the API that replaces it',
  example: {
    broken: `
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: { name: web }
spec:
  rules: [{ host: shop.example.com, http: { paths: [{ path: /, backend: { serviceName: web, servicePort: 80 } }] } }]
`,
    fails: ['Ingress/default/web apiVersion'],
    fixed: `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules: [{ host: shop.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
`,
  },
  *judge(world) {
    const { lifecycles, oldest } = kubernetesData();
    const minor = world.facts.minor;
    for (const resource of world.resources) {
      const id = `${resource.apiVersion} ${resource.kind}`;
      const life = Object.hasOwn(lifecycles, id) ? lifecycles[id] : undefined;
      if (life?.removed === undefined) continue;
      const about = {
        resource,
        path: ['apiVersion'],
        value: resource.apiVersion,
        ...(life.replacement ? { fix: `write it as ${life.replacement}` } : {}),
      };
      // A version that is not known is at least the oldest that is supported.
      if (life.removed <= (minor ?? oldest)) {
        yield {
          ...about,
          message: `Kubernetes serves ${id} no more since 1.${life.removed}: the object can not be applied`,
        };
      } else if (minor === undefined) {
        yield {
          ...about,
          verdict: 'unknown',
          message: `Kubernetes serves ${id} up to 1.${life.removed - 1} and not from 1.${life.removed} on: --kubernetes, or the cluster's nodes, would settle it`,
        };
      } else if (life.deprecated !== undefined && life.deprecated <= minor) {
        yield {
          ...about,
          verdict: 'unknown',
          message: `Kubernetes 1.${minor} still serves ${id}, and 1.${life.removed} does not any more: the upgrade to it breaks the object`,
        };
      }
    }
  },
});
