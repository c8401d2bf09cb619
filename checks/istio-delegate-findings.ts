import type { Path, Resource } from '../manifests/resource';
import { list, record } from '../manifests/resource';
import { memo } from '../model/memo';
import { addTo } from '../model/multimap';
import { conflictingRules, delegateOf } from '../simulate/routing/istio-delegates';
import { everyKnown } from '../world/known';
import { delegateName } from '../world/virtual-services';
import type { World } from '../world/world';
import type { Finding } from './check';
import { missing } from './missing';

/** What becomes of a rule that leads nowhere: Istio warns in its log alone. */
const LEFT_OUT = 'Istio leaves this rule out: rules behind it get its requests, or nobody (404)';

/** A rule that delegates to a VirtualService whose rules are not taken, and rules of a delegate that no rule leads requests to. */
export function* delegateFindings(world: World, route: Resource): Iterable<Finding> {
  if (list(route.at(['spec', 'hosts'])).length === 0) yield* neverMet(world, route);
  for (const [i, value] of list(route.at(['spec', 'http'])).entries()) {
    const delegate = record(record(value)?.['delegate']);
    if (!delegate || list(route.at(['spec', 'hosts'])).length === 0) continue;
    const to = delegateOf(world, route, delegate);
    if (to.is === 'found') continue;
    const { namespace, name } = delegateName(world, route, delegate);
    const path: Path = ['spec', 'http', i, 'delegate', 'name'];
    const at = { resource: route, path, value: name };
    const id = `VirtualService ${namespace}/${name}`;
    if (to.is === 'no delegate')
      yield {
        ...at,
        message: `${id} has hosts, so it stands for itself and nobody can delegate to it: ${LEFT_OUT}`,
        fix: `take hosts and gateways away from ${id}, or send the requests to its destinations from here`,
      };
    else if (to.is === 'not exported')
      yield {
        ...at,
        message: `${id} is not exported to namespace ${world.namespaceOf(route)} (exportTo: ${list(to.resource.at(['spec', 'exportTo'])).join(', ')}): ${LEFT_OUT}`,
        fix: `add ${world.namespaceOf(route)} to exportTo of ${id}`,
      };
    else {
      const absent = missing(world, { resource: route, path, kind: 'VirtualService', namespace, name }, LEFT_OUT);
      if (absent) yield absent;
    }
  }
}

/** Rules of a delegate whose conditions are within those of none of the rules that delegate to it. */
function* neverMet(world: World, delegate: Resource): Iterable<Finding> {
  const roots = rootsOf(world).get(`${world.namespaceOf(delegate)}/${delegate.name}`) ?? [];
  const lost = roots.map(({ root, rule }) =>
    conflictingRules(world, root, rule, delegate).map(({ path }) => path[2] as number),
  );
  const [first = [], ...others] = lost;
  for (const rule of first.filter((each) => others.every((rules) => rules.includes(each)))) {
    const places = roots.map(({ root, rule: at }) => `rule ${at + 1} of ${world.idOf(root)}`).join(' and ');
    yield {
      resource: delegate,
      path: ['spec', 'http', rule, 'match'],
      value: delegate.at(['spec', 'http', rule, 'match']),
      // Those who delegate are often of other namespaces.
      ...(world.isComplete('', 'VirtualService')
        ? {}
        : { verdict: 'unknown' as const, settledBy: 'external' as const }),
      message: `Istio leaves this rule out, as a match of it is not within what ${places} delegates: texts must begin with the prefix there, or be the same, ignoreUriCase and port too, and expressions stand alone`,
      fix: 'write matches that are narrower than those of the rule that delegates, or leave out the field that both have',
    };
  }
}

const rootsOf = memo(
  (world: World): ReadonlyMap<string, readonly { readonly root: Resource; readonly rule: number }[]> => {
    const roots = new Map<string, { root: Resource; rule: number }[]>();
    for (const root of everyKnown(world, 'VirtualService'))
      for (const [rule, value] of list(root.at(['spec', 'http'])).entries()) {
        const delegate = record(record(value)?.['delegate']);
        if (!delegate || list(root.at(['spec', 'hosts'])).length === 0) continue;
        const { namespace, name } = delegateName(world, root, delegate);
        addTo(roots, `${namespace}/${name}`, { root, rule });
      }
    return roots;
  },
);
