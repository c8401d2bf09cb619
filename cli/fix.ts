import {
  accessSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Report, ReportedFinding } from '../checks/finding';
import { fixesOf } from '../checks/fix';
import { decode } from '../manifests/reading/file';
import type { SystemAccess } from '../manifests/reading/inputs';
import { systemAccess } from '../manifests/reading/inputs';
import { StrataError } from '../model/errors';
import { explained } from '../model/system-errors';
import { count } from '../report/show';
import { unifiedDiff } from '../report/unified-diff';

/** Texts of files that are not written yet, by file. */
export type Texts = ReadonlyMap<string, string>;

/** What was judged: the report, and the files that come from something else, with what that is. */
export interface Judged {
  readonly report: Report;
  readonly made: ReadonlyMap<string, string>;
}

/** Access to files as they would be. Threads would read them from the disk. */
export function accessTo(texts: Texts, readerFile: SystemAccess['readerFile']): SystemAccess {
  const read = (file: string) => {
    const text = texts.get(file);
    return text === undefined ? systemAccess.read(file) : Buffer.from(text);
  };
  return { ...systemAccess, read, readerFile: texts.size > 0 ? undefined : readerFile };
}

/** Standard input can be read once. */
export function onceOnly<T>(read: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: read() }).value;
}

interface FixOptions {
  readonly fix: boolean;
  readonly 'dry-run': boolean;
}

/** What was fixed may show what else can be. Nothing needs more rounds than this. */
const ROUNDS = 5;

/** A report, and which of its findings `--fix` would correct if it were given. */
export interface FixedReport {
  readonly report: Report;
  readonly repairable: readonly ReportedFinding[];
}

/**
 * Makes the repairs of a report, shows what changes, and writes it unless it is a dry run. The report is of the files as they are then.
 */
export function withFixes(
  options: FixOptions,
  judge: (texts: Texts) => Judged,
  print: (line: string) => void,
): FixedReport {
  if (!options.fix && options['dry-run'])
    throw new StrataError('strata verify --dry-run', 'there is nothing to try: only --fix changes files', [
      'add --fix',
    ]);
  const first = judge(new Map());
  if (!options.fix) {
    const { fixed } = fixesOf(first.report.findings, (file) => textOf(file, new Map(), first.made));
    return { report: first.report, repairable: fixed };
  }

  const texts = new Map<string, string>();
  const fixed: ReportedFinding[] = [];
  const refused = new Map<string, string>();
  let { report, made } = first;
  for (let round = 0; round < ROUNDS; round++) {
    const fixes = fixesOf(report.findings, (file) => textOf(file, texts, made));
    for (const { finding, why } of fixes.refused)
      refused.set(`${finding.check} ${finding.object} ${finding.path}  ${finding.file}:${finding.line}`, why);
    if (fixes.fixed.length === 0) break;
    fixed.push(...fixes.fixed);
    for (const [file, text] of fixes.texts) texts.set(file, text);
    ({ report, made } = judge(texts));
  }
  for (const [file, text] of texts) print(unifiedDiff(file, original(file), text));
  for (const [finding, why] of refused) print(`not fixed: ${finding}: ${why}`);
  const done = `${count(fixed.length, 'finding')} in ${count(texts.size, 'file')}`;
  if (options['dry-run']) {
    print(`would fix ${done}; nothing is written (--dry-run)\n`);
    return { report: first.report, repairable: [] };
  }
  for (const file of texts.keys()) refuseReadOnly(file);
  for (const [file, text] of texts) replaceFile(file, text);
  print(`fixed ${done}\n`);
  return { report, repairable: [] };
}

/** The text of a file of the user, or why it is not theirs to edit here. */
function textOf(
  file: string,
  texts: Texts,
  made: Judged['made'],
): { readonly text: string } | { readonly refused: string } {
  const known = texts.get(file);
  if (known !== undefined) return { text: known };
  const from = made.get(file);
  if (from !== undefined) return { refused: from };
  if (!existsSync(file) || !statSync(file).isFile())
    return { refused: 'it is the output of a program: change what it was made of' };
  if (isInChart(file)) return { refused: 'it is part of a Helm chart, whose templates are not edited' };
  const text = original(file);
  return /^# Source: \S+\/templates\//m.test(text)
    ? { refused: 'helm template rendered it: change the chart or its values' }
    : { text };
}

function isInChart(file: string): boolean {
  const parent = dirname(resolve(file));
  const isChart = (folder: string): boolean =>
    existsSync(join(folder, 'Chart.yaml')) ||
    (!existsSync(join(folder, '.git')) && dirname(folder) !== folder && isChart(dirname(folder)));
  return isChart(parent);
}

function original(file: string): string {
  const source = decode(file, readFileSync(file));
  return 'text' in source ? source.text : '';
}

/** Whole or not at all, with the permissions that it has; where a link leads, not the link. */
function replaceFile(file: string, text: string): void {
  const path = realpathSync(file);
  const fresh = `${path}.${process.pid}.tmp`;
  explained(`the folder of ${file}`, [BY_HAND], () => {
    writeFileSync(fresh, text, { mode: statSync(path).mode });
    renameSync(fresh, path);
  });
}

const BY_HAND = 'use --fix --dry-run and apply the difference yourself';

/** Before anything is written: a file that nobody may write is not replaced, though its folder would let it. */
function refuseReadOnly(file: string): void {
  if ((statSync(file).mode & 0o222) === 0)
    throw new StrataError(file, 'is read-only', ['make it writable: chmod u+w', BY_HAND]);
  explained(file, [BY_HAND], () => accessSync(file, constants.W_OK));
}
