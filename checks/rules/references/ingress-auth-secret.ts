import type { Resource } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import { ingressesOf } from '../../../world/routes';
import type { World } from '../../../world/world';
import { check } from '../../check';
import { missing } from '../../missing';

const PREFIX = 'nginx.ingress.kubernetes.io/';

const manifests = (secret: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Secret
metadata: { name: editors, namespace: shop }
data: { auth: ZWRpdG9yOiRhcHIxJEguL2YkdXNlZC5pbi5ub3RoaW5n }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: wiki
  namespace: shop
  annotations: { ${PREFIX}auth-type: basic, ${PREFIX}auth-secret: ${secret} }
spec:
  ingressClassName: nginx
  defaultBackend: { service: { name: wiki, port: { number: 80 } } }
`;

export default check({
  id: 'ingress-auth-secret',
  group: 'references',
  description: 'the Secret with the users that an Ingress asks for exists, and has them where ingress-nginx looks',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
  fix: 'name a Secret with the key auth, which holds lines as htpasswd writes them',
  example: {
    broken: manifests('users'),
    fails: [`Ingress/shop/wiki metadata.annotations["${PREFIX}auth-secret"]`],
    fixed: manifests('editors'),
  },
  *judge(world) {
    for (const resource of ingressesOf(world)) {
      const { annotations } = resource;
      const type = annotations[`${PREFIX}auth-type`];
      // Without a type the controller asks for no password at all.
      if (type === undefined || !mayBeNginx(world, resource)) continue;
      const written = annotations[`${PREFIX}auth-secret`];
      if (!/basic|digest/.test(type) || !written) {
        yield {
          resource,
          path: ['metadata', 'annotations', `${PREFIX}auth-type`],
          value: type,
          message: written
            ? `there is no auth-type ${type}, so ingress-nginx lets no request through`
            : `it asks for a password and names no Secret with the users (auth-secret), so ${DENIED}`,
          fix: written ? 'write basic or digest' : `set ${PREFIX}auth-secret`,
        };
        continue;
      }
      const namespace = world.namespaceOf(resource);
      const [name = '', place = namespace] = written.split('/').reverse();
      // Whether Secrets of other namespaces may be used is set in the controller.
      if (place !== namespace) continue;
      const path = ['metadata', 'annotations', `${PREFIX}auth-secret`];
      const absent = missing(world, { resource, path, kind: 'Secret', namespace, name }, DENIED);
      if (absent) {
        yield { ...absent, value: written };
        continue;
      }
      const keys = keysOf(world, namespace, name);
      if (keys.length === 0 || keys.includes('auth') || annotations[`${PREFIX}auth-secret-type`] === 'auth-map')
        continue;
      yield {
        resource,
        path,
        value: written,
        message: `Secret ${name} has no key auth (it has: ${keys.join(', ')}), so ${DENIED}`,
        fix: `put the users under the key auth, or set ${PREFIX}auth-secret-type: auth-map if each key is a user`,
      };
    }
  },
});

const DENIED = 'ingress-nginx answers every request with 503';

/** Other controllers have annotations of their own. */
function mayBeNginx(world: World, ingress: Resource): boolean {
  const name = string(ingress.at(['spec', 'ingressClassName'])) ?? ingress.annotations['kubernetes.io/ingress.class'];
  const found = name ? world.find('IngressClass', '', name) : undefined;
  if (found?.is === 'present') return found.resource.at(['spec', 'controller']) === 'k8s.io/ingress-nginx';
  return name === undefined || name.includes('nginx');
}

/** None where they are not known. */
function keysOf(world: World, namespace: string, name: string): string[] {
  const found = world.find('Secret', namespace, name);
  if (found.is !== 'present') return [];
  return ['data', 'stringData'].flatMap((field) => Object.keys(record(found.resource.at([field])) ?? {}));
}
