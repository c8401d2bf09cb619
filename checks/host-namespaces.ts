import { misspellingOf } from '../model/misspelling';
import { nearest } from '../model/near';
import type { ConfiguredAddress } from '../simulate/network/configured-addresses';
import { servicesOf } from '../world/services';
import type { World } from '../world/world';
import type { Finding } from './check';

/** What the names of namespaces and of top-level domains have in common: `api.dev` may be a host of the internet. */
export const TOP_LEVEL =
  /^(academy|app|bank|blog|bot|chat|cloud|com|data|dev|finance|games|io|live|media|net|network|news|online|org|page|prod|run|search|security|services|shop|site|space|store|stream|studio|support|systems|team|tech|tools|web|zone|[a-z]{2})$/;

/** A host that a program is told of. */
export type HostUse = Omit<ConfiguredAddress, 'port'>;

/** `store.bakry`, where there is a namespace bakery and nobody knows of a Service store: it may be a name of the internet. */
export function maybeMisspelt(
  { host, resource, path, text, scheme, isPortWritten }: HostUse,
  namespace: string,
  known: ReadonlySet<string>,
): Finding | undefined {
  const [near] =
    TOP_LEVEL.test(namespace) || (scheme === undefined && !isPortWritten) ? [] : misspellingOf(namespace, known);
  if (near === undefined) return undefined;
  return {
    resource,
    path,
    value: text,
    verdict: 'unknown',
    message: `no namespace ${namespace} is known: whether ${host} is a host outside of the cluster is not known, and if not, every connection fails; did you mean namespace "${near}"?`,
  };
}

/** `redis-0.redis.bakry`, where namespace bakery has a headless Service redis. */
export function ofPodElsewhere(
  world: World,
  { host, resource, path, text }: HostUse,
  parts: readonly string[],
  svc: number,
): Finding | undefined {
  if (svc !== 3 && (svc >= 0 || parts.length !== 3)) return undefined;
  const [pod = '', name = '', namespace = ''] = parts;
  if (namespacesOf(world).has(namespace) || world.hasNamespace(namespace) || (svc < 0 && TOP_LEVEL.test(namespace)))
    return undefined;
  const having = servicesOf(world).filter((service) => service.name === name && service.headless);
  const meant = typo(
    namespace,
    having.map((service) => service.namespace),
  );
  if (meant === undefined) return undefined;
  return {
    resource,
    path,
    value: text,
    message: `no namespace ${namespace} is known, and namespace ${meant} has a headless Service ${name}: the name ${host} does not resolve; did you mean "${pod}.${name}.${meant}"?`,
  };
}

/** The name that was meant. Names that differ in numbers only, such as `api-v1` and `api-v2`, are different on purpose. */
export function typo(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string) => text.replace(/\d+/g, '');
  const others = known.filter((other) => letters(other) !== letters(name));
  return nearest(name, others, name.length < 6 ? 1 : 2);
}

/** Namespaces that something is known of. */
export function namespacesOf(world: World): ReadonlySet<string> {
  return new Set([
    ...world.workloads.map(({ namespace }) => namespace),
    ...servicesOf(world).map(({ namespace }) => namespace),
    ...world.of('Namespace').map(({ name }) => name),
    ...world.external.map((object) => (object.kind === 'Namespace' ? object.name : world.namespaceOf(object))),
  ]);
}
