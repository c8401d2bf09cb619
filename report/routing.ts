import { positionOf } from '../manifests/reading/yaml/position';
import { pathText } from '../manifests/resource';
import type { DecidingRule, RoutedService, RoutedShare, RoutedTo, RoutingAnswer } from '../simulate/routing/answer';

/** What becomes of a request at one way in; without an answer nobody here knows its rules. */
export interface RoutedAt {
  readonly way: string;
  readonly rules: string | undefined;
  readonly answer: RoutingAnswer | undefined;
}

/** Every form in which `strata route` prints. */
export const routingFormats = {
  text: (routed) => routed.flatMap((at, i) => [...(i > 0 ? [''] : []), ...lines(at)]).join('\n'),
  json: (routed) => JSON.stringify({ ways: routed.map(data) }, null, 2),
} as const satisfies Record<string, (routed: readonly RoutedAt[]) => string>;

export type RoutingFormat = keyof typeof routingFormats;

function lines({ way, rules, answer }: RoutedAt): string[] {
  if (!answer) return [`${way}: by which rules is not known; give the IngressClass with --cluster`];
  return [
    `${way}, by the rules of ${rules}`,
    ...(answer.rule ? ruleLines(answer.rule) : []),
    ...answer.shares.map(shareLine),
    ...answer.ties.flatMap(({ rule, shares }) => [
      '  or, since another rule has the same rank and either may answer:',
      ...ruleLines(rule),
      ...shares.map(shareLine),
    ]),
    ...(answer.notes ?? []).map((note) => `  note: ${note}`),
  ];
}

function ruleLines({ resource, path, because }: DecidingRule): string[] {
  return [`  ${resource.kind} ${resource.name} ${pathText(path)}  (${placeOf({ resource, path })})`, `    ${because}`];
}

function shareLine({ share, to }: RoutedShare): string {
  return `  ${`${Number((share * 100).toFixed(2))} %`.padStart(6)}  ${outcome(to)}`;
}

function outcome(to: RoutedTo): string {
  switch (to.is) {
    case 'redirect':
      return `${to.status} to ${to.location}`;
    case 'error':
      return `${to.status}: ${to.why}`;
    case 'backend': {
      const { port } = to.service;
      const copies = to.mirrors.map(
        ({ service, share }) => `, ${Number((share * 100).toFixed(2))} % of it copied to ${nameOf(service)}`,
      );
      const notes = [
        ...(to.assumed ? ['if it is there: it is not among these'] : []),
        ...(to.unknown === undefined ? [] : [to.unknown]),
        ...(to.sticky === undefined ? [] : [`of new clients: who brings its cookie ${to.sticky} stays`]),
      ].map((note) => ` (${note})`);
      return `Service ${nameOf(to.service)}:${port} gets ${to.host}${to.path}${copies.join('')}${notes.join('')}`;
    }
  }
}

function nameOf({ namespace, name, subset }: RoutedService): string {
  return `${namespace === '' ? name : `${namespace}/${name}`}${subset === undefined ? '' : ` (subset ${subset})`}`;
}

function data({ way, rules, answer }: RoutedAt): object {
  return {
    way,
    rules: rules ?? null,
    ...(answer && {
      rule: answer.rule ? ruleData(answer.rule) : null,
      shares: answer.shares,
      ties: answer.ties.map(({ rule, shares }) => ({ rule: ruleData(rule), shares })),
      ...(answer.notes ? { notes: answer.notes } : {}),
    }),
  };
}

function ruleData({ resource, path, because }: DecidingRule): object {
  return {
    kind: resource.kind,
    name: resource.name,
    path: pathText(path),
    place: placeOf({ resource, path }),
    because,
  };
}

function placeOf({ resource, path }: Pick<DecidingRule, 'resource' | 'path'>): string {
  return `${resource.source.file}:${positionOf(resource, path).line}`;
}
