import type { Resource } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import { programStrings } from '../../manifests/workload';
import { memo } from '../../model/memo';
import { addTo } from '../../model/multimap';
import { sendingsOf } from '../../world/senders';
import type { World } from '../../world/world';

/** Who sends traffic to a Service by its name, whether or not it is there: Ingresses, routes, webhooks, arguments and variables of programs. */
export function callersOf(world: World, namespace: string, name: string): Resource[] {
  const found = new Set(byReference(world).get(`${namespace}/${name}`) ?? []);
  for (const { resource, namespace: place, texts } of byWord(world).get(name) ?? []) {
    const said = hostPattern(namespace, name, place === namespace);
    if (texts.some((text) => said.test(text))) found.add(resource);
  }
  return [...found];
}

/** What names a Service in a field of its own. */
const byReference = memo((world: World): ReadonlyMap<string, readonly Resource[]> => {
  const found = new Map<string, Resource[]>();
  for (const { from, namespace, name } of sendingsOf(world)) addTo(found, `${namespace}/${name}`, from);
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
    for (const webhooks of world.of(kind))
      for (const entry of list(webhooks.at(['webhooks']))) {
        const service = record(record(record(entry)?.['clientConfig'])?.['service']);
        if (service) addTo(found, `${service['namespace']}/${service['name']}`, webhooks);
      }
  return found;
});

interface Programs {
  readonly resource: Resource;
  readonly namespace: string;
  readonly texts: readonly string[];
}

/** Workloads by each word of their arguments and variables that may be the first part of a host name. */
const byWord = memo((world: World): ReadonlyMap<string, readonly Programs[]> => {
  const found = new Map<string, Programs[]>();
  for (const { resource, namespace, containers } of world.workloads) {
    const texts = containers.flatMap(programStrings);
    const words = new Set(texts.flatMap((text) => text.match(/[a-z0-9]+(?:-+[a-z0-9]+)*/g) ?? []));
    for (const word of words) addTo(found, word, { resource, namespace, texts });
  }
  return found;
});

/** `redis.shop`, `redis.shop.svc…`; in its own namespace also `redis:6379` and `//redis`. */
function hostPattern(namespace: string, name: string, isOwn: boolean): RegExp {
  const [host, place] = [name, namespace].map((part) => part.replaceAll('.', '\\.'));
  const short = isOwn ? `|^${host}$|(?<![\\w.-])${host}:\\d|//${host}(?![\\w.-])|@${host}(?![\\w.-])` : '';
  return new RegExp(`(?<![\\w.-])${host}\\.${place}(?:\\.svc|(?![\\w.-]))${short}`);
}
