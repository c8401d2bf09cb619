import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { memo } from '../../../model/memo';
import { near } from '../../../model/near';
import { canaryProblem } from '../../../simulate/routing/nginx-canary';
import { absentMiddlewares } from '../../../simulate/routing/traefik-middlewares';
import { NGINX_ANNOTATIONS, NGINX_REMOVED, NGINX_SNIPPETS, TRAEFIK_ROUTER } from '../../../world/ingress-annotations';
import { ingressClassOf, ingressProgramOf } from '../../../world/ingress-classes';
import { everyKnown } from '../../../world/known';
import { ingressesOf } from '../../../world/routes';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const ingress = (annotation: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: { nginx.ingress.kubernetes.io/${annotation} }
spec: { ingressClassName: nginx, defaultBackend: { service: { name: web, port: { number: 80 } } } }
`;

const NGINX = 'nginx.ingress.kubernetes.io/';
const TRAEFIK = 'traefik.ingress.kubernetes.io/';

export default check({
  id: 'ingress-annotation-known',
  group: 'references',
  description: 'the controller of an Ingress knows its annotations, and accepts them',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/',
  fix: 'write an annotation that the controller has, or remove this one',
  example: {
    broken: ingress("traffic-split: 'web=90,web-next=10'"),
    fails: ['Ingress/shop/web metadata.annotations["nginx.ingress.kubernetes.io/traffic-split"]'],
    fixed: ingress("proxy-read-timeout: '60'"),
  },
  *judge(world) {
    for (const resource of ingressesOf(world)) {
      const program = ingressProgramOf(world, ingressClassOf(world, resource) ?? '');
      for (const [key, value] of Object.entries(resource.annotations)) {
        // Annotations of another controller may stand beside for the day of a move.
        if (key.startsWith(NGINX) && program?.program === 'ingress-nginx') yield* ofNginx(world, resource, key, value);
        if (key.startsWith(TRAEFIK) && program?.program === 'traefik') yield* ofTraefik(world, resource, key, value);
      }
    }
  },
});

function* ofNginx(world: World, resource: Resource, key: string, value: string): Iterable<Finding> {
  const name = key.slice(NGINX.length);
  const at = { resource, path: ['metadata', 'annotations', key], value };
  const message = canaryProblem(resource, name, value);
  if (message) yield { ...at, message, fix: 'write a value that chooses the requests that you mean' };
  if (NGINX_REMOVED.has(name))
    yield {
      ...at,
      message: `ingress-nginx no longer has the annotation ${name} and ignores it: newer releases removed it`,
    };
  else if (!NGINX_ANNOTATIONS.has(name))
    yield {
      ...at,
      message: `ingress-nginx has no annotation ${name} and ignores it${near(name, [...NGINX_ANNOTATIONS])}`,
    };
  else if (NGINX_SNIPPETS.has(name)) {
    const allowed = snippetsAllowed(world);
    const refused = `ingress-nginx refuses the Ingress: snippets are off since 1.9 unless its ConfigMap has allow-snippet-annotations: "true", and ${name} asks for annotations-risk-level: Critical from 1.12 on`;
    if (allowed === 'no')
      yield { ...at, message: refused, fix: 'do it without a snippet, or allow snippets in the ConfigMap' };
    else if (allowed === 'unknown')
      yield {
        ...at,
        verdict: 'unknown',
        settledBy: 'external',
        message: `whether the ConfigMap of ingress-nginx allows snippets is not known; by default ${refused}`,
      };
  }
}

/** By the ConfigMaps that have settings of ingress-nginx. */
const snippetsAllowed = memo((world: World): 'yes' | 'no' | 'unknown' => {
  const values = everyKnown(world, 'ConfigMap').flatMap(
    (map) => string(map.at(['data', 'allow-snippet-annotations'])) ?? [],
  );
  return values.length === 0 ? 'unknown' : values.includes('true') ? 'yes' : 'no';
});

function* ofTraefik(world: World, resource: Resource, key: string, value: string): Iterable<Finding> {
  const name = key.slice(TRAEFIK.length).toLowerCase();
  const at = { resource, path: ['metadata', 'annotations', key], value };
  if (name.startsWith('router.')) {
    if (!TRAEFIK_ROUTER.test(name))
      yield {
        ...at,
        message: `Traefik cannot read the annotation ${name} and leaves the whole Ingress out: its requests get a 404 response`,
      };
    else if (name === 'router.middlewares')
      for (const absent of absentMiddlewares(world, resource))
        yield {
          ...at,
          message: absent.includes('@')
            ? `there is no Middleware ${absent}, so Traefik leaves the whole Ingress out: its requests get a 404 response`
            : `${absent} names no provider, so Traefik finds no Middleware and leaves the whole Ingress out: its requests get a 404 response`,
          fix: 'name Middlewares as NAMESPACE-NAME@kubernetescrd, and have them there',
        };
  } else if (!name.startsWith('service.'))
    yield {
      ...at,
      message: `Traefik ignores the annotation ${name}: since version 2 it reads router.… alone on an Ingress`,
    };
  else yield { ...at, message: `Traefik reads ${name} on the Service and not on the Ingress, where it is ignored` };
}
