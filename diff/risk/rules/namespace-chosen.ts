import type { Resource } from '../../../manifests/resource';
import { mappings, record } from '../../../manifests/resource';
import type { Labels } from '../../../manifests/selector';
import { selects } from '../../../manifests/selector';
import { everyKnown } from '../../../world/known';
import type { World } from '../../../world/world';
import type { ObjectChange } from '../../object-change';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';
import { selectsUnseen } from '../unseen';

const namespace = (labels: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: images }
webhooks:
  - name: images.example.com
    failurePolicy: Fail
    sideEffects: None
    admissionReviewVersions: [v1]
    clientConfig: { url: 'https://images.example.com' }
    namespaceSelector: { matchLabels: { images: checked } }
    rules: [{ apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE] }]
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { ${labels} } }
`;

export default riskRule({
  id: 'namespace-chosen',
  class: 'privilege',
  description:
    'labels of a namespace by which a webhook, a policy of admission, a Gateway or a NetworkPolicy chooses it, or does so no more',
  reason:
    'A label is all that makes them hold: without it nobody looks at what is created there, routes are attached no more, and policies let nobody in from it.',
  source:
    'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-namespaceselector',
  advice: 'keep the label, or change whoever selects by it first',
  example: {
    before: namespace('images: checked, team: a'),
    after: namespace('team: a'),
    finds: ['Namespace/shop metadata.labels.images'],
    harmless: namespace('images: checked, team: b'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Namespace')) {
      const { before, after } = change;
      if (change.does !== 'changed' || !before || !after || !fieldAt(change, ['metadata', 'labels'])) continue;
      const [was, is] = [before, after].map(({ name, labels }) => ({ ...labels, 'kubernetes.io/metadata.name': name }));
      for (const chooser of choosersOf(diff.after)) {
        const [chose, chooses] = [selects(chooser.selector, was!), selects(chooser.selector, is!)];
        if (chose === chooses) continue;
        yield {
          change,
          field: fieldOf(change, was!, is!, chooser.selector),
          class: chooses ? chooser.begins : chooser.ends,
          message: `${chooser.who} ${chooses ? chooser.beginsText : chooser.endsText}`,
        };
      }
    }
  },
});

/** Something that chooses namespaces by their labels. */
interface Chooser {
  readonly who: string;
  readonly selector: unknown;
  readonly begins: NonNullable<FoundRisk['class']>;
  readonly beginsText: string;
  readonly ends: NonNullable<FoundRisk['class']>;
  readonly endsText: string;
}

function choosersOf(world: World): Chooser[] {
  return [...admission(world), ...gateways(world), ...policies(world)];
}

function admission(world: World): Chooser[] {
  const texts = {
    begins: 'disruption',
    beginsText: 'is asked about what is created in it from now on, and may refuse it',
    ends: 'privilege',
    endsText: 'is not asked any more about what is created in it: what it refused is admitted',
  } as const;
  const webhooks = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'].flatMap((kind) =>
    everyKnown(world, kind).flatMap((resource) =>
      mappings(resource.at(['webhooks'])).map(
        (webhook) => [String(webhook['name']), webhook['namespaceSelector']] as const,
      ),
    ),
  );
  const policies = [
    ['ValidatingAdmissionPolicy', 'matchConstraints'],
    ['ValidatingAdmissionPolicyBinding', 'matchResources'],
    ['MutatingAdmissionPolicy', 'matchConstraints'],
    ['MutatingAdmissionPolicyBinding', 'matchResources'],
  ].flatMap(([kind, field]) =>
    everyKnown(world, kind!).map(
      (resource) => [world.idOf(resource), resource.at(['spec', field!, 'namespaceSelector'])] as const,
    ),
  );
  return [...webhooks, ...policies].flatMap(([who, selector]) => (selector ? [{ who, selector, ...texts }] : []));
}

function gateways(world: World): Chooser[] {
  return ['Gateway', 'ListenerSet'].flatMap((kind) =>
    everyKnown(world, kind).flatMap((gateway) =>
      mappings(gateway.at(['spec', 'listeners'])).flatMap((listener): Chooser[] => {
        const namespaces = record(record(listener['allowedRoutes'])?.['namespaces']);
        if (namespaces?.['from'] !== 'Selector') return [];
        return [
          {
            who: `listener ${String(listener['name'])} of ${world.idOf(gateway)}`,
            selector: namespaces['selector'],
            begins: 'exposure',
            beginsText: 'takes its routes: what they lead to is reached by whoever reaches the gateway',
            ends: 'disruption',
            endsText: 'takes none of its routes any more',
          },
        ];
      }),
    ),
  );
}

/** Those whose pods are not among the manifests: of all others the connections themselves are compared. */
function policies(world: World): Chooser[] {
  return everyKnown(world, 'NetworkPolicy')
    .filter(({ group }) => group === 'networking.k8s.io')
    .filter((policy) => selectsUnseen(world, world.namespaceOf(policy), policy.at(['spec', 'podSelector']) ?? {}))
    .flatMap((policy) => [...peersOf(world, policy)]);
}

function* peersOf(world: World, policy: Resource): Iterable<Chooser> {
  for (const [field, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const)
    for (const rule of mappings(policy.at(['spec', field])))
      for (const peer of mappings(rule[side])) {
        if (!record(peer['namespaceSelector'])) continue;
        const [them, theirs] =
          side === 'from' ? ['its pods', 'connect to the pods'] : ['the pods', 'connect to its pods'];
        yield {
          who: world.idOf(policy),
          selector: peer['namespaceSelector'],
          begins: 'exposure',
          beginsText: `may let ${them} ${theirs}: it is about pods that are not among the manifests`,
          ends: 'disruption',
          endsText: `may not let ${them} ${theirs} any more: it is about pods that are not among the manifests`,
        };
      }
}

/** The label that decides. */
function fieldOf(change: ObjectChange, was: Labels, is: Labels, selector: unknown): FoundRisk['field'] {
  const text = JSON.stringify(selector);
  const name = [...new Set([...Object.keys(was), ...Object.keys(is)])].find(
    (key) => was[key] !== is[key] && text.includes(JSON.stringify(key)),
  );
  return (name && fieldAt(change, ['metadata', 'labels', name])) || fieldAt(change, ['metadata', 'labels']);
}
