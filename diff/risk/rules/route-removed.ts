import type { Resource } from '../../../manifests/resource';
import { GATEWAY_API, listenersOf } from '../../../world/listeners';
import { ROUTE_KINDS } from '../../../world/routes';
import type { ObjectChange } from '../../object-change';
import { allowedRouteChanges } from '../allowed-routes';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import { perhaps } from '../perhaps';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import type { ServedRequests } from '../served';
import {
  classGone,
  covers,
  partlyUnanswered,
  partServed,
  routesThrough,
  servedBy,
  servedFor,
  servedText,
  shifts,
  takes,
  unanswered,
} from '../served';
import { staysWithService } from '../versions';

const ingress = (...paths: readonly string[]) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.example.com
      http: { paths: [${paths.map((path) => `{ path: ${path}, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }`).join(', ')}] }
`;

export default riskRule({
  id: 'route-removed',
  class: 'disruption',
  description: 'a host or a path that no Ingress, route or listener serves any more, or that leads somewhere else',
  reason: 'Clients of it get 404, another program’s answers, or no connection.',
  source: 'https://gateway-api.sigs.k8s.io/concepts/api-overview/',
  advice: 'redirect it first, and look in the logs of the gateway for who still asks for it',
  example: {
    before: ingress('/shop', '/old'),
    after: ingress('/shop'),
    finds: ['Ingress/shop/web spec.rules[shop.example.com].http.paths[/old]'],
    harmless: ingress('/old', '/shop', '/new'),
  },
  *find(diff) {
    const changes = changesOf(diff, 'Ingress', ...ROUTE_KINDS);
    const changed = new Set(changes.map(({ before }) => before));
    for (const change of changes) {
      const { before } = change;
      if (!before || !isServed(before) || (!change.after && isKept(before))) continue;
      yield* lost(diff, change, before);
    }
    for (const change of changesOf(diff, 'TraefikService'))
      if (change.before && !(change.after === undefined && isKept(change.before)))
        for (const route of routesThrough(diff.before, change.before))
          if (!changed.has(route)) yield* lost(diff, change, route);
    for (const change of changesOf(diff, 'Gateway', 'ListenerSet', 'XListenerSet')) yield* ofListeners(change);
  },
});

/** What a route served before, and is served no more, or in another way, because of a change: of itself, or of what it leads through. */
function* lost(diff: WorldChange, change: ObjectChange, route: Resource): Iterable<FoundRisk> {
  for (const was of servedBy(diff.before, route)) {
    const now = servedFor(diff.after, was.host);
    const isMoved = (is: ServedRequests) => shifts(is, was) || (takes(is, was) && staysWithService(diff, was, is));
    const covering = now.find((is) => covers(is, was) || (isMoved(is) && unanswered(diff.after, is) === undefined));
    if (covering) {
      const part = covering.to === was.to ? undefined : partlyUnanswered(diff.after, covering, was);
      if (part)
        yield {
          change,
          field: change.does === 'removed' ? undefined : fieldOf(change),
          message: `a part of the requests for ${servedText(was)} gets an error: ${part.why}${perhaps(part.meant)}`,
          advice: NAME_WHAT_IS,
        };
      continue;
    }
    const next = now.find((is) => takes(is, was));
    const elsewhere = next ? undefined : now.find((is) => takes({ ...is, via: was.via, section: was.section }, was));
    const part = now.map((is) => partServed(is, was)).find(Boolean);
    const what = next
      ? `leads to ${next.to} in place of ${was.to}`
      : elsewhere
        ? `is served by ${elsewhere.via} and no more by ${was.via}: clients need its address`
        : part === undefined
          ? 'is served no more'
          : `is served from now on only ${part}`;
    const field = change.does === 'removed' ? undefined : fieldOf(change);
    const wasDead = unanswered(diff.before, was) !== undefined;
    const dead = next && unanswered(diff.after, next);
    if (next && next.targets.length === 0) {
      yield {
        change,
        field,
        message: `${servedText(was)} leads to no backend in place of ${was.to}: requests get an error (500)`,
        advice: 'give one of its backends a weight of more than 0',
      };
      continue;
    }
    // What led nowhere before, and leads somewhere now, has lost nothing.
    if (next && wasDead && !dead) continue;
    const end = wasDead ? undefined : (dead ?? (elsewhere && classGone(diff.after, elsewhere)));
    yield end === undefined
      ? { change, field, message: `${servedText(was)} ${what}` }
      : {
          change,
          field,
          message: `${servedText(was)} ${what}: ${end.why}, so requests get an error${perhaps(end.meant)}`,
          advice: NAME_WHAT_IS,
        };
  }
}

const NAME_WHAT_IS = 'name a class that is there, a Service of the namespace, and one of its ports';

function isServed({ group }: Resource): boolean {
  return group === GATEWAY_API || group === 'networking.k8s.io' || group === 'extensions';
}

function fieldOf(change: ObjectChange) {
  return ['rules', 'hostnames', 'parentRefs', 'ingressClassName', 'defaultBackend', 'weighted', 'mirroring']
    .map((name) => fieldAt(change, ['spec', name]))
    .find(Boolean);
}

/** Another controller with another address, and listeners that take fewer routes. */
function* ofGateway(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const [old, now] = [before, after].map((gateway) => gateway.at(['spec', 'gatewayClassName']));
  if (old !== now)
    yield {
      change,
      field: fieldAt(change, ['spec', 'gatewayClassName']),
      message: `it is of class ${String(now)} in place of ${String(old)}: another program serves it, at another address`,
    };
  const addresses = JSON.stringify(before.at(['spec', 'addresses']) ?? []);
  if (addresses !== '[]' && addresses !== JSON.stringify(after.at(['spec', 'addresses']) ?? []))
    yield { change, field: fieldAt(change, ['spec', 'addresses']), message: 'it may leave the addresses that it had' };
  for (const { name, was, is } of allowedRouteChanges(before, after))
    if (is < was)
      yield {
        change,
        field: fieldAt(change, ['spec', 'listeners', { name }]),
        message: `listener ${name} takes routes of fewer namespaces than before: those of others are served no more`,
      };
}

function* ofListeners(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || (!after && isKept(before))) return;
  if (after) yield* ofGateway(change, before, after);
  const now = after ? listenersOf(after) : [];
  for (const was of listenersOf(before)) {
    const host = was.hostname ?? '*';
    const stays = now.some(
      (is) =>
        is.port === was.port &&
        is.protocol === was.protocol &&
        (is.hostname === undefined || is.hostname === was.hostname),
    );
    if (stays) continue;
    const field = change.does === 'changed' ? fieldAt(change, ['spec', 'listeners', { name: was.name }]) : undefined;
    yield {
      change,
      field,
      message: `${was.protocol} on port ${was.port ?? 'of its choice'} for ${host === '*' ? 'any host' : host} is listened to no more`,
    };
  }
}
