import { positionOf } from '../manifests/reading/yaml/position';
import { pathText } from '../manifests/resource';
import { deciderName } from '../simulate/network/explain';
import type { Passage, RuleAbout } from '../simulate/network/passage';
import type { Reason } from '../simulate/network/why';

/** A connection, its verdict, and at each end the policies and rules behind it, by file and line. */
export function reasonText({ from, to, port, protocol, verdict, passages }: Reason): string[] {
  const several = passages.length > 1;
  return [
    `${from} → ${to} ${port}/${protocol}: ${verdict}`,
    ...passages.flatMap(({ egress, ingress }, i) => [
      ...(several ? [`  ${i + 1} of ${passages.length} pairs of pods`] : []),
      ...sideText('egress', from, egress),
      ...sideText('ingress', to, ingress),
    ]),
  ];
}

const WHY: Readonly<Record<Passage['why'], (who: string) => string>> = {
  'not-isolated': (who) => `no policy isolates ${who} in this direction`,
  'allowed-by-policy': () => 'a rule allows it',
  'denied-by-isolation': (who) => `policies isolate ${who}, and no rule allows it`,
  'denied-by-policy': () => 'a rule denies it',
  undecided: () => 'it depends on what is not known: labels, addresses, or policies of other places',
  'no-policies-there': (who) => `policies are not about ${who}`,
  'other-network': (who) => `${who} is in another network`,
  'own-node': () => 'a pod and its own node always reach each other',
  'own-node-only': () => 'only within the same node, which no policy can prevent',
  itself: () => 'a pod always reaches itself',
};

function sideText(direction: 'egress' | 'ingress', who: string, { verdict, why, by, rules }: Passage): string[] {
  const silent = by.filter((decider) => !rules.some((rule) => rule.decider === decider));
  return [
    `  ${direction} of ${who}: ${verdict}, ${WHY[why](who)}`,
    ...rules.map(ruleText),
    ...silent.map(
      (decider) =>
        `    ${deciderName(decider)} isolates it  ${decider.resource.source.file}:${positionOf(decider.resource, ['spec']).line}`,
    ),
  ];
}

function ruleText({ decider, path, does }: RuleAbout): string {
  const { line } = positionOf(decider.resource, path);
  return `    ${deciderName(decider)} ${pathText(path)} ${does}  ${decider.resource.source.file}:${line}`;
}

/** The same for programs. */
export function reasonJson({ passages, ...connection }: Reason): object {
  const side = ({ verdict, why, by, rules }: Passage) => ({
    verdict,
    why,
    policies: by.map(deciderName),
    rules: rules.map(({ decider, path, does }) => ({
      policy: deciderName(decider),
      path: pathText(path),
      does,
      file: decider.resource.source.file,
      line: positionOf(decider.resource, path).line,
    })),
  });
  return {
    ...connection,
    passages: passages.map(({ egress, ingress }) => ({ egress: side(egress), ingress: side(ingress) })),
  };
}
