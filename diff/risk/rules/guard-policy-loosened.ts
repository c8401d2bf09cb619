import type { Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const policy = (spec: string) => `
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: { name: web, namespace: shop }
spec:
  targetRefs: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, name: web }]
  ${spec}
`;

/** Policies that are attached to Gateways and routes, and the parts of `spec` by which they keep requests away. */
const GUARDS: Readonly<Record<string, readonly string[]>> = {
  // gateway v1.5, api/v1alpha1/securitypolicy_types.go
  'gateway.envoyproxy.io SecurityPolicy': ['jwt', 'oidc', 'basicAuth', 'apiKeyAuth', 'extAuth', 'authorization'],
  // kuadrant-operator v1, api/v1/authpolicy_types.go: the rules stand at the top, or as defaults or overrides.
  'kuadrant.io AuthPolicy': [
    ...['rules.authentication', 'rules.authorization'],
    ...['defaults.rules.authentication', 'defaults.rules.authorization'],
    ...['overrides.rules.authentication', 'overrides.rules.authorization'],
  ],
};

export default riskRule({
  id: 'guard-policy-loosened',
  class: 'exposure',
  description:
    'a policy of a gateway that asks for less, or that is attached to something else: logins and tokens, who is let in by default',
  reason: 'Requests that the gateway refused are passed on to the programs behind it.',
  source: 'https://gateway.envoyproxy.io/docs/api/extension_types/#securitypolicyspec',
  advice: 'make sure that the programs themselves ask, or that it is meant for everybody',
  example: {
    before: policy('basicAuth: { users: { name: users } }'),
    after: policy('cors: { allowOrigins: [https://example.com] }'),
    finds: ['SecurityPolicy/shop/web spec.basicAuth'],
    harmless: policy('basicAuth: { users: { name: people } }'),
  },
  *find(diff) {
    for (const change of diff.changes) {
      const { before, after } = change;
      const parts = before && GUARDS[`${before.group} ${before.kind}`];
      if (!parts || !after) continue;
      yield* ofParts(change, before, after, parts);
      yield* ofTargets(change, before, after);
      yield* ofDefault(change, before, after);
    }
  },
});

function* ofParts(
  change: ObjectChange,
  before: Resource,
  after: Resource,
  parts: readonly string[],
): Iterable<FoundRisk> {
  for (const part of parts) {
    const path = ['spec', ...part.split('.')];
    if (before.at(path) === undefined || after.at(path) !== undefined) continue;
    yield {
      change,
      field: nearest(change, path),
      message: `${part} goes: what the gateway asked for by it is asked no more`,
    };
  }
}

/** What it was attached to, and is no more, by kind, name and section. */
function* ofTargets(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const selectors = [before, after].map((each) => JSON.stringify(each.at(['spec', 'targetSelectors'])));
  const now = targetsOf(after);
  const lost = targetsOf(before).filter((target) => !now.includes(target));
  // Selectors may find the same objects: which, stands in their labels.
  if (lost.length === 0 || (selectors[1] !== undefined && selectors[0] !== selectors[1])) return;
  yield {
    change,
    field: fieldAt(change, ['spec', 'targetRefs']) ?? fieldAt(change, ['spec', 'targetRef']),
    message: `it guards ${lost.join(' and ')} no more: who was refused there may be let in`,
  };
}

function targetsOf(policy: Resource): string[] {
  return [policy.at(['spec', 'targetRef']), ...list(policy.at(['spec', 'targetRefs']))].flatMap((given) => {
    const { kind, name, sectionName } = record(given) ?? {};
    if (name === undefined) return [];
    return [`${String(kind)} ${String(name)}${sectionName === undefined ? '' : `, section ${String(sectionName)}`}`];
  });
}

/** Envoy Gateway denies what no rule names, unless it is told otherwise. */
function* ofDefault(change: ObjectChange, before: Resource, after: Resource): Iterable<FoundRisk> {
  const [old, now] = [before, after].map((each) =>
    each.at(['spec', 'authorization']) === undefined
      ? undefined
      : (string(each.at(['spec', 'authorization', 'defaultAction'])) ?? 'Deny'),
  );
  if (old === 'Deny' && now === 'Allow')
    yield {
      change,
      field: nearest(change, ['spec', 'authorization', 'defaultAction']),
      message: 'whoever no rule names is let in, and was refused before',
    };
}

function nearest(change: ObjectChange, path: readonly string[]) {
  for (let length = path.length; length > 0; length--) {
    const field = fieldAt(change, path.slice(0, length));
    if (field) return field;
  }
  return undefined;
}
