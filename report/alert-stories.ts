import type { AlertStory } from '../simulate/alerting/alerts';
import { reachesSomebody } from '../simulate/alerting/alerts';

/** Every form in which `strata alerts` prints what becomes of alerts. */
export const alertFormats = {
  text: (stories) => storiesText(stories).join('\n'),
  json: (stories) => JSON.stringify({ alerts: stories }, null, 2),
  markdown: runbook,
} as const satisfies Record<string, (stories: readonly AlertStory[]) => string>;

export type AlertFormat = keyof typeof alertFormats;

function storiesText(stories: readonly AlertStory[]): string[] {
  const lines = stories.flatMap((story) => [
    `${story.name}  ${story.severity ?? 'no severity'}, after ${spanText(story.for)}  (${story.rule})`,
    ...waysText(story).map((line) => `  ${line}`),
  ]);
  const lost = stories.filter((story) => !reachesSomebody(story)).length;
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...exampleLinks(stories),
    `${stories.length} alerts, nobody gets ${lost} of them`,
  ];
}

/** Names that no one may register (RFC 2606): whoever follows such a link finds nothing. */
const RESERVED = /^https?:\/\/((?:[^/:@]*\.)?example\.(?:com|net|org)|[^/:@]*\.(?:example|invalid|test))(?=[/:?#]|$)/i;

function exampleLinks(stories: readonly AlertStory[]): string[] {
  const links = stories.flatMap(({ annotations }) => {
    const host = RESERVED.exec(annotations['runbook_url'] ?? '')?.[1];
    return host === undefined ? [] : [host];
  });
  if (links.length === 0) return [];
  const hosts = [...new Set(links)].sort().join(', ');
  return [
    `runbooks are at ${hosts}, a name for examples that leads nowhere: set prometheus.runbooks, or runbook_url in the rules`,
  ];
}

/** Whom each Alertmanager tells, when, and what keeps it back. */
function waysText({ told, unheardOf }: AlertStory): string[] {
  if (unheardOf) return [`nobody gets it: ${unheardOf.join(', ')} names no Alertmanager`];
  if (told.length === 0) return ['nobody gets it: no Alertmanager of which the configuration is here'];
  return told.flatMap(({ by, ways, inhibitedBy, isPart = false }) => [
    ...ways.map(({ receiver, integrations, after, repeatInterval, mutedIn, activeIn, closed, when }) =>
      integrations.length === 0
        ? `nobody gets it${when === undefined ? '' : ` with ${when}`}: ${by} sends it to ${receiver}, which has no integrations`
        : [
            `${receiver} gets it by ${integrations.join(', ')} ${spanText(after)} after it began, and every ${spanText(repeatInterval)} again (${by})`,
            ...(when === undefined ? [] : [`with ${when}`]),
            ...(activeIn.length > 0 ? [`only in ${activeIn.join(', ')}`] : []),
            ...(mutedIn.length > 0 ? [`never in ${mutedIn.join(', ')}`] : []),
            ...(closed === undefined ? [] : [`not now: it is ${closed}`]),
          ].join('; '),
    ),
    ...(ways.some(({ integrations }) => integrations.length > 0)
      ? inhibitedBy.map((source) => `kept back while an alert fires with ${source}`)
      : []),
    ...(isPart ? [`the configuration of ${by} itself is not here: who else gets it is not known`] : []),
  ]);
}

/** The page that runbook links lead to: a section for each alert, called like it. */
function runbook(stories: readonly AlertStory[]): string {
  const byName = new Map(stories.map((story) => [story.name, story]));
  return [
    '# Runbooks',
    '',
    ...[...byName.values()].flatMap((story) => {
      const { summary = '', description = '' } = story.annotations;
      return [
        `## ${story.name}`,
        '',
        ...(summary === '' ? [] : [`**${summary}**`, '']),
        ...(description === '' ? [] : [description.replace('\n1. ', '\n\n1. '), '']),
        `Severity: ${story.severity ?? 'none'}. It fires when this holds${story.for > 0 ? ` for ${spanText(story.for)}` : ''}:`,
        '',
        '```promql',
        story.expr,
        '```',
        '',
        ...waysText(story).map((line) => `- ${line}`),
        '',
      ];
    }),
  ]
    .join('\n')
    .trimEnd();
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** `1h30m` */
function spanText(milliseconds: number): string {
  let left = milliseconds;
  const parts = UNITS.flatMap(([unit, length]) => {
    const count = Math.floor(left / length);
    left -= count * length;
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return parts.join('') || '0s';
}
