import type { Fleet, FleetChange } from '../../diff/fleet/fleet';
import type { RiskClass } from '../../diff/risk/classes';
import { CLASS_MEANINGS, isAtLeast } from '../../diff/risk/classes';
import type { Unreadable } from '../../manifests/reading/read';
import { classLines } from './by-class';
import { foldedLines } from './lines';
import { rolloutLines, rolloutTitle } from './rollout';
import { idleText, summaryText, twiceText, unreadableText } from './text';
import type { WholeTargets } from './whole';
import { wholeTargets } from './whole';
import { causeLine, effectTexts, objectsText, targetsText, wholeText } from './words';

/** One page that needs nothing else: no script, no address of another place. */
export function diffHtml(fleet: Fleet, unreadable: readonly Unreadable[] = []): string {
  const rollout = rolloutLines(fleet);
  const classes = classLines(fleet);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<title>strata diff</title>',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<h1>strata diff</h1>',
    `<p>${escaped(summaryText(fleet, unreadable))}</p>`,
    ...(classes.length === 0 ? [] : ['<ul>', ...classes.map((line) => `<li>${escaped(line)}</li>`), '</ul>']),
    ...[...unreadableText(fleet, unreadable), ...twiceText(fleet), ...idleText(fleet)].map(
      (line) => `<p><b>${escaped(line)}</b></p>`,
    ),
    ...wholeTargets(fleet).flatMap(wholeBlock),
    ...fleet.changes.flatMap((change) => changeBlock(change, fleet)),
    ...(rollout.length === 0
      ? []
      : [
          `<h2>${rolloutTitle(fleet).replace(/^./, (first) => first.toUpperCase())}</h2>`,
          '<ul>',
          ...rollout.map((line) => `<li>${escaped(line)}</li>`),
          '</ul>',
        ]),
    '</body>',
    '</html>',
  ].join('\n');
}

function wholeBlock(target: WholeTargets): string[] {
  return [
    '<details>',
    `<summary>${badge(target.class)} ${escaped(wholeText(target))}</summary>`,
    '<ul>',
    ...target.effects.map((effect) => `<li>${escaped(effect)}</li>`),
    ...target.objects.map((object) => `<li><code>${escaped(object)}</code></li>`),
    '</ul>',
    '</details>',
  ];
}

function changeBlock(change: FleetChange, { targets, judged }: Fleet): string[] {
  const title = objectsText(change) + targetsText(change.targets, targets);
  const open = judged && isAtLeast(change.class, 'disruption') ? ' open' : '';
  return [
    `<details${open}>`,
    `<summary>${judged ? `${badge(change.class)} ` : ''}${escaped(title)}</summary>`,
    ...foldedLines(change.fields).flatMap(({ head, lines }) => {
      const block = lines.length === 0 ? [] : [`<pre>${lines.map(lineOf).join('\n')}</pre>`];
      return [`<p><code>${escaped(head)}</code></p>`, ...block];
    }),
    '<ul>',
    ...effectTexts(change).map((effect) => `<li>${escaped(effect)}</li>`),
    ...(change.causes ?? []).map((cause) => `<li>${escaped(causeLine(cause))}</li>`),
    `<li>In ${escaped([...new Set(change.instances.map(({ target, change: { id } }) => `${target}: ${id}`))].join('; '))}</li>`,
    '</ul>',
    '</details>',
  ];
}

function badge(risk: RiskClass): string {
  return `<b class="${risk}" title="${escaped(CLASS_MEANINGS[risk])}">${risk}</b>`;
}

function lineOf(line: string): string {
  const tag = line.startsWith('+') ? 'ins' : line.startsWith('-') ? 'del' : 'span';
  return `<${tag}>${escaped(line)}</${tag}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
details { border: 1px solid #8886; border-radius: 6px; margin: .5rem 0; padding: .4rem .8rem }
summary { cursor: pointer; overflow-wrap: anywhere }
code, pre { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere }
pre { background: #8881; padding: .5rem; overflow-x: auto; border-radius: 4px }
pre ins, pre del, pre span { display: inline; text-decoration: none }
ins { color: #1a7f37 } del { color: #cf222e }
b { border-radius: 4px; padding: 0 .4rem; background: #8883 }
b.disruption, b.immutable, b.data-loss { background: #cf222e; color: #fff }
b.unknown, b.restart, b.capacity, b.exposure, b.privilege { background: #bf8700; color: #fff }
`;
