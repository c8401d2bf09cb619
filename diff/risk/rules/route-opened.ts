import type { Resource } from '../../../manifests/resource';
import { GATEWAY_API, listenersOf } from '../../../world/listeners';
import { ROUTE_KINDS } from '../../../world/routes';
import type { ObjectChange } from '../../object-change';
import { allowedRouteChanges } from '../allowed-routes';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstTexts } from '../plural';
import type { FoundRisk, WorldChange } from '../risk';
import { riskRule } from '../risk';
import { backendText, partServed, routesThrough, servedBy, servedFor, servedText, takes, unanswered } from '../served';
import { runsWhatWasOpen } from '../versions';

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
  id: 'route-opened',
  class: 'exposure',
  description: 'a host, a path or a listener that leads to a workload and did not before',
  reason:
    'Whoever reaches the gateway reaches what is behind it: also pages that were meant for the inside, such as metrics or an admin console.',
  source: 'https://gateway-api.sigs.k8s.io/concepts/security-model/',
  advice: 'open the paths that are needed, and no others',
  example: {
    before: ingress('/shop'),
    after: ingress('/shop', '/admin'),
    finds: ['Ingress/shop/web spec.rules[shop.example.com].http.paths[/admin]'],
    harmless: ingress('/shop', '/shop/cart'),
  },
  *find(diff) {
    const changes = changesOf(diff, 'Ingress', ...ROUTE_KINDS);
    const changed = new Set(changes.map(({ after }) => after));
    for (const change of changes)
      if (change.after && isOfGateways(change.after)) yield* ofRoute(diff, change, change.after);
    for (const change of changesOf(diff, 'TraefikService'))
      for (const route of change.after ? routesThrough(diff.after, change.after) : [])
        if (!changed.has(route)) yield* ofRoute(diff, change, route);
    for (const change of changesOf(diff, 'Gateway', 'ListenerSet', 'XListenerSet')) yield* ofListeners(change);
  },
});

/** What a route takes, or leads to, that it did not before, because of a change: of itself, or of what it leads through. */
function* ofRoute(diff: WorldChange, change: ObjectChange, route: Resource): Iterable<FoundRisk> {
  const opened = servedBy(diff.after, route).flatMap((is) => {
    const before = servedFor(diff.before, is.host).filter((was) => takes(was, is));
    // What leads to the same place by another rule, or in another share, was open before; with a weight of 0, too: that was told when it came.
    const isNew = (target: string) => !before.some((was) => was.targets.length > 0 && was.named.includes(target));
    // What the route led to before runs behind another Service of it, too.
    const isOpen = (target: string) =>
      is.backends.some(
        (backend) => backendText(backend) === target && before.some((was) => runsWhatWasOpen(diff, was, backend)),
      );
    const targets = is.targets.filter((target) => isNew(target) && !isOpen(target));
    const waiting = is.targets.length === 0 ? [] : is.named.filter((name) => !is.targets.includes(name) && isNew(name));
    // What led to a Service, and leads nowhere now, opens nothing.
    const wasAlive = before.some((was) => unanswered(diff.before, was) === undefined);
    const isDead = wasAlive && unanswered(diff.after, is) !== undefined;
    if (isDead) return [];
    if (targets.length === 0) return waiting.length > 0 ? [{ is, targets, waiting, part: undefined }] : [];
    const part = servedFor(diff.before, is.host)
      .filter((was) => targets.every((target) => was.targets.includes(target)))
      .map((was) => partServed(was, is))
      .find(Boolean);
    return [{ is, targets, waiting, part }];
  });
  if (opened.length === 0) return;
  const field =
    change.does === 'changed'
      ? ['rules', 'hostnames', 'parentRefs', 'ingressClassName', 'defaultBackend', 'weighted', 'mirroring']
          .map((name) => fieldAt(change, ['spec', name]))
          .find(Boolean)
      : undefined;
  const shown = opened.map(
    ({ is, targets, waiting, part }) =>
      `${servedText(is)} ${[
        ...(targets.length > 0
          ? [`leads to ${targets.join(', ')}${part === undefined ? '' : `, and did so only ${part}`}`]
          : []),
        ...(waiting.length > 0 ? [`leads to ${waiting.join(', ')} as soon as a weight of 0 is raised`] : []),
      ].join('; ')}`,
  );
  yield {
    change,
    field,
    message: firstTexts([...new Set(shown)]),
  };
}

function isOfGateways({ group }: Resource): boolean {
  return group === GATEWAY_API || group === 'networking.k8s.io' || group === 'extensions';
}

function* ofListeners(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!after || (after.group !== GATEWAY_API && after.kind === 'Gateway')) return;
  const old = before ? listenersOf(before) : [];
  if (before)
    for (const { name, was, is } of allowedRouteChanges(before, after))
      if (is > was)
        yield {
          change,
          field: fieldAt(change, ['spec', 'listeners', { name }]),
          message: `listener ${name} takes routes of more namespaces than before: what they lead to is reached by whoever reaches the gateway`,
        };
  for (const is of listenersOf(after)) {
    const known = old.some(
      (was) => was.port === is.port && (was.hostname === undefined || was.hostname === is.hostname),
    );
    if (known) continue;
    const field = change.does === 'changed' ? fieldAt(change, ['spec', 'listeners', { name: is.name }]) : undefined;
    yield {
      change,
      field,
      message: `the gateway takes ${is.protocol} on port ${is.port ?? 'of its choice'} for ${is.hostname ?? 'any host'}`,
    };
  }
}
