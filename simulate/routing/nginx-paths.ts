import type { Path, Resource } from '../../manifests/resource';
import { list, number, record, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { ingressesOfClass } from '../../world/ingress-classes';
import type { World } from '../../world/world';
import type { RoutedShare } from './answer';
import { allToService, failing } from './answer';
import { serviceState } from './service-state';

/** The prefix of ingress-nginx' annotations. */
export const NGINX_PREFIX = 'nginx.ingress.kubernetes.io/';

/** The value of an annotation of ingress-nginx, by its name without the prefix. */
export function nginxAnnotation(ingress: Resource, name: string): string | undefined {
  return ingress.annotations[NGINX_PREFIX + name];
}

/** Whether an Ingress is the canary of another: by a value that Go's strconv.ParseBool takes as true. With any other it is a main one, whatever its weight. */
export function isNginxCanary(ingress: Resource): boolean {
  return /^(1|t|T|true|True|TRUE)$/.test(nginxAnnotation(ingress, 'canary') ?? '');
}

/** A path of an Ingress as ingress-nginx writes locations for it. */
export interface NginxPath {
  readonly ingress: Resource;
  readonly at: Path;
  readonly host: string;
  readonly path: string;
  readonly type: string;
  readonly rewrite: string | undefined;
  readonly shares: readonly RoutedShare[];
}

/** Whether a path turns all paths of its host into regular expressions. */
export function makesRegex({ ingress, rewrite, path }: Pick<NginxPath, 'ingress' | 'rewrite' | 'path'>): boolean {
  return (rewrite !== undefined && rewrite !== path) || nginxAnnotation(ingress, 'use-regex') === 'true';
}

/** The paths of the Ingresses of a class that are no canaries, the oldest Ingress first. */
export const nginxPaths = memo((world: World, className: string): readonly NginxPath[] =>
  [...ingressesOfClass(world, className)]
    .sort((a, b) => created(a).localeCompare(created(b)))
    .filter((ingress) => !isNginxCanary(ingress))
    .flatMap((ingress) => writtenPaths(world, ingress)),
);

function created(ingress: Resource): string {
  return string(ingress.at(['metadata', 'creationTimestamp'])) ?? '';
}

/** The paths of one Ingress; its default backend is the path `/` of each of its hosts that has none. */
export function writtenPaths(world: World, ingress: Resource): readonly NginxPath[] {
  const rewrite = nginxAnnotation(ingress, 'rewrite-target') || undefined;
  const namespace = world.namespaceOf(ingress);
  const backend = record(ingress.at(['spec', 'defaultBackend']));
  const rules = list(ingress.at(['spec', 'rules']));
  const fallback = (host: string): NginxPath[] =>
    backend
      ? [
          {
            ingress,
            at: ['spec', 'defaultBackend'],
            host,
            path: '/',
            type: 'Prefix',
            rewrite,
            shares: nginxShares(world, namespace, backend),
          },
        ]
      : [];
  if (rules.length === 0) return fallback('');
  return rules.flatMap((entry, i) => {
    const rule = record(entry);
    const host = string(rule?.['host'])?.toLowerCase() ?? '';
    const paths = list(record(rule?.['http'])?.['paths']).flatMap((item, j): NginxPath[] => {
      const json = record(item);
      return json
        ? [
            {
              ingress,
              at: ['spec', 'rules', i, 'http', 'paths', j],
              host,
              path: string(json['path']) || '/',
              type: string(json['pathType']) ?? 'ImplementationSpecific',
              rewrite,
              shares: nginxShares(world, namespace, record(json['backend'])),
            },
          ]
        : [];
    });
    return paths.some(({ path }) => path === '/') ? paths : [...paths, ...fallback(host)];
  });
}

function nginxShares(
  world: World,
  namespace: string,
  backend: Readonly<Record<string, unknown>> | undefined,
): readonly RoutedShare[] {
  const service = record(backend?.['service']);
  const name = string(service?.['name']);
  if (name === undefined) return failing(503, 'the backend is no Service');
  const port = number(record(service?.['port'])?.['number']) ?? string(record(service?.['port'])?.['name']);
  const state = serviceState(world, namespace, name, port);
  if (state.is === 'there' || state.is === 'unseen' || state.is === 'external name')
    return allToService({ namespace, name, port: port ?? 0 }, state.is !== 'there' || state.assumed);
  return failing(503, state.why);
}

/** The paths of the canaries of a class. */
export const canaryPaths = memo((world: World, className: string): readonly NginxPath[] =>
  ingressesOfClass(world, className)
    .filter(isNginxCanary)
    .flatMap((ingress) => writtenPaths(world, ingress)),
);

/** Whether a canary's path is the one of a main Ingress. */
export function isSamePath(canary: NginxPath, main: NginxPath): boolean {
  return canary.host === main.host && canary.path === main.path && canary.type === main.type;
}
