import type { Fleet, FleetChange } from '../../diff/fleet/fleet';
import type { Unreadable } from '../../manifests/reading/read';
import { count } from '../show';
import { classLines } from './by-class';
import { foldedLines } from './lines';
import { rolloutLines, rolloutTitle } from './rollout';
import { idleText, summaryText, twiceText, unreadableText } from './text';
import type { WholeTargets } from './whole';
import { wholeTargets } from './whole';
import { causeLine, effectTexts, objectsText, targetsText, wholeText } from './words';

/** What a comment of a pull request on GitHub takes, with room for what stands around it. Bytes. */
const LONGEST = 60_000;
/** Lines of one field. */
const LINES = 60;

/** For a comment on a pull request: titles in sight, details folded. What is too long for a comment is cut, and that is said. */
export function diffMarkdown(fleet: Fleet, unreadable: readonly Unreadable[] = []): string {
  const classes = classLines(fleet);
  const head = [
    `**strata diff**: ${plain(summaryText(fleet, unreadable))}`,
    ...(classes.length === 0 ? [] : ['', ...classes.map((line) => `- ${plain(line)}`)]),
    ...[...unreadableText(fleet, unreadable), ...twiceText(fleet), ...idleText(fleet)].flatMap((line) => [
      '',
      `**${plain(line)}**`,
    ]),
  ];
  const rollout = rolloutLines(fleet);
  const foot =
    rollout.length === 0
      ? []
      : folded(
          rolloutTitle(fleet),
          rollout.map((line) => `- ${plain(line)}`),
        );
  const parts = [
    ...wholeTargets(fleet).map((target) => [wholeTitle(target), wholeBody(target)] as const),
    ...fleet.changes.map((change) => [changeTitle(change, fleet), changeBody(change)] as const),
  ];
  const shown: string[] = [];
  let left = LONGEST - bytes([...head, ...foot]) - CUT_LENGTH;
  let [cut, named] = [0, 0];
  for (const [title, body] of parts) {
    const whole = folded(title, body);
    const lines = [whole, ['', `- ${title}`]].find((each) => bytes(each) <= left);
    if (!lines) break;
    if (lines !== whole) cut += 1;
    named += 1;
    shown.push(...lines);
    left -= bytes(lines);
  }
  return [...head, ...shown, ...cutText(cut, parts.length - named), ...foot].join('\n');
}

/** Bytes of the text that says what is cut, at the most. */
const CUT_LENGTH = 200;

function cutText(cut: number, unnamed: number): string[] {
  if (cut + unnamed === 0) return [];
  const more = unnamed === 0 ? '' : `, and ${count(unnamed, 'change')} could not even be named`;
  return [
    '',
    `A comment has no room for the details of ${count(cut + unnamed, 'change')}${more}: \`strata diff\` prints all.`,
  ];
}

function folded(title: string, body: readonly string[]): string[] {
  return ['', `<details><summary>${title}</summary>`, '', ...body, '', '</details>'];
}

function wholeTitle(target: WholeTargets): string {
  return `<b>${target.class}</b> ${html(wholeText(target))}`;
}

function wholeBody({ effects, objects }: WholeTargets): string[] {
  return [...effects.map((effect) => `- ${plain(effect)}`), ...objects.map((object) => `- ${code(object)}`)];
}

function changeTitle(change: FleetChange, { targets, judged }: Fleet): string {
  return `${judged ? `<b>${change.class}</b> ` : ''}${html(objectsText(change) + targetsText(change.targets, targets))}`;
}

function changeBody(change: FleetChange): string[] {
  const lines = foldedLines(change.fields).flatMap(({ head, lines }) => {
    const more = lines.length > LINES ? [`  (${lines.length - LINES} more lines)`] : [];
    return [`! ${head}`, ...lines.slice(0, LINES), ...more];
  });
  const all = change.objects.length > 6 ? [`Objects: ${change.objects.map(code).join(', ')}`, ''] : [];
  return [
    ...all,
    ...(lines.length === 0 ? [] : fenced(lines)),
    ...effectTexts(change).map((effect) => `- ${plain(effect)}`),
    ...(change.causes ?? []).map((cause) => `- ${plain(causeLine(cause))}`),
  ];
}

/** A block whose fence is longer than any in it. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}diff`, ...lines, fence, ''];
}

function bytes(lines: readonly string[]): number {
  return Buffer.byteLength(lines.join('\n')) + 1;
}

/** Text that is shown as it is. */
function plain(text: string): string {
  return html(text).replace(/[\\`*_[\]|~]/g, '\\$&');
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

function html(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
