import { kubernetesData } from '../../../upstream/kubernetes/data';
import { successorOf } from '../../../upstream/kubernetes/same-schema';
import { check } from '../../check';

export default check({
  id: 'api-removed',
  group: 'upgrade',
  description: 'the Kubernetes version serves the apiVersion of an object, and the next versions do too',
  severity: 'will-break',
  needs: ['kubernetes-version'],
  source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/',
  fix: 'migrate the object to the API version that replaces it',
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
      const successor = successorOf(resource, minor ?? oldest);
      const about = {
        resource,
        path: ['apiVersion'],
        value: resource.apiVersion,
        ...(life.replacement ? { fix: `migrate it to ${life.replacement}` } : {}),
        ...(successor ? { repair: { do: 'replace', from: resource.apiVersion, with: successor } as const } : {}),
      };
      // An unknown version is at least the oldest supported one.
      if (life.removed <= (minor ?? oldest)) {
        yield {
          ...about,
          message: `Kubernetes no longer serves ${id} as of 1.${life.removed}: the object cannot be applied`,
        };
      } else if (minor === undefined) {
        yield {
          ...about,
          verdict: 'unknown',
          message: `Kubernetes serves ${id} up to 1.${life.removed - 1} and removes it in 1.${life.removed}: set --kubernetes, or give the cluster's nodes, to tell`,
        };
      } else if (life.deprecated !== undefined && life.deprecated <= minor) {
        yield {
          ...about,
          verdict: 'unknown',
          message: `Kubernetes 1.${minor} still serves ${id}, and 1.${life.removed} removes it: the object cannot be applied after that upgrade`,
        };
      }
    }
  },
});
