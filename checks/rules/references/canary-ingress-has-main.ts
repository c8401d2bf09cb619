import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import type { NginxPath } from '../../../simulate/routing/nginx-paths';
import { canaryPaths, isSamePath, nginxPaths } from '../../../simulate/routing/nginx-paths';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { ingressesOf } from '../../../world/routes';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const ingress = (name: string, host: string, annotations = '') => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name}, namespace: shop${annotations} }
spec:
  ingressClassName: nginx
  rules:
    - host: ${host}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
`;
const canary = (host: string) =>
  ingress(
    'web-next',
    host,
    `, annotations: { nginx.ingress.kubernetes.io/canary: 'true', nginx.ingress.kubernetes.io/canary-weight: '10' }`,
  );
const shop = '\napiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n';

export default check({
  id: 'canary-ingress-has-main',
  group: 'references',
  description: 'a canary Ingress has one main Ingress of the same host and path, and a backend of its own',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
  fix: "write the main Ingress's own host, path and pathType, and one canary for each",
  example: {
    broken: [shop, ingress('web', 'shop.example.com'), canary('www.example.com')].join('---'),
    fails: ['Ingress/shop/web-next spec.rules[0].http.paths[0].path'],
    fixed: [shop, ingress('web', 'shop.example.com'), canary('shop.example.com')].join('---'),
  },
  *judge(world) {
    const classes = new Set(ingressesOf(world).map((each) => ingressClassOf(world, each) ?? ''));
    for (const className of classes)
      if (ingressProgramOf(world, className)?.program === 'ingress-nginx') yield* ofClass(world, className);
  },
});

function* ofClass(world: World, className: string): Iterable<Finding> {
  const [mains, canaries] = [nginxPaths(world, className), canaryPaths(world, className)];
  for (const [i, canary] of canaries.entries()) {
    const { ingress: resource, host, path, type, at } = canary;
    const place = { resource, path: at.at(-1) === 'defaultBackend' ? at : [...at, 'path'], value: valueAt(canary) };
    const shown = `${host || 'every host'}${path}`;
    if (!mains.some((main) => isSamePath(canary, main))) {
      const near = mains.find((main) => main.host === host && main.path === path);
      const lacks = near
        ? `main Ingress ${world.idOf(near.ingress)} has the path ${path} with pathType ${near.type} and not ${type}`
        : `no main Ingress of class ${className} has ${shown}`;
      if (near || world.isComplete(world.namespaceOf(resource), 'Ingress'))
        yield { ...place, message: `${lacks}, so the canary is ignored and gets no requests` };
      else
        yield {
          ...place,
          verdict: 'unknown',
          message: `no main Ingress of class ${className} among these has ${shown}; if none stands elsewhere, the canary is ignored and gets no requests`,
        };
      continue;
    }
    const first = canaries.slice(0, i).find((other) => other.ingress !== resource && isSamePath(canary, other));
    if (first)
      yield {
        ...place,
        message: `${world.idOf(first.ingress)} is a canary of ${shown}, too, and there can be one: the other is ignored`,
        fix: 'keep one canary for each path',
      };
    const service = serviceOfPath(canary);
    const taken = mains.find(
      (main) => serviceOfPath(main) === service && world.namespaceOf(main.ingress) === world.namespaceOf(resource),
    );
    if (taken && service !== undefined)
      yield {
        resource,
        path: [...backendAt(canary), 'service', 'name'],
        value: service,
        message: `Service ${service} is the main backend of ${world.idOf(taken.ingress)} (${taken.host}${taken.path}), and a Service cannot be both: the canary is ignored`,
        fix: 'give the canary a Service of its own',
      };
  }
}

function valueAt({ ingress, at, path }: NginxPath): unknown {
  return at.at(-1) === 'defaultBackend' ? ingress.at(at) : (string(ingress.at([...at, 'path'])) ?? path);
}

function backendAt({ at }: NginxPath): readonly (string | number)[] {
  return at.at(-1) === 'defaultBackend' ? at : [...at, 'backend'];
}

function serviceOfPath(path: NginxPath & { readonly ingress: Resource }): string | undefined {
  return string(path.ingress.at([...backendAt(path), 'service', 'name']));
}
