import type { Settling } from '../checks/check';
import type { Report, ReportedFinding } from '../checks/finding';
import { isOpen } from '../checks/finding';
import { addTo } from '../model/multimap';
import type { Alike, Paint } from './blocks';
import { adviceLines, blockOf, groupsOf, openBlockOf, painter } from './blocks';
import { count, placeText } from './show';

export interface TextOptions {
  readonly color: boolean;
  /** Every place of every finding in full, and advice that cannot be told. @default - what a first reader needs */
  readonly all: boolean;
  /** Whether the manifests were said to be all there is (`--complete`), which then is no advice. @default false */
  readonly complete?: boolean;
  /** Whether a person looks at it on a terminal, where what is longer than a screen scrolls away. @default false */
  readonly terminal?: boolean;
  /** The findings that `--fix` would correct. @default - none */
  readonly repairable?: readonly ReportedFinding[];
}

/** The lines for what will break on a terminal; elsewhere nothing is cut. */
const SCREEN = 30;
/** How many blocks of one check on a terminal. */
const BLOCKS = 3;
/** How many of what one fact would settle. */
const OPEN_BLOCKS = 6;
/** From so many checks on, one block of each is more telling. */
const MANY_CHECKS = 8;

/** What would settle a verdict, how it is given, and what else would do where nobody said that the manifests are all there is. */
const SETTLING: Readonly<Record<Settling, readonly [fact: string, how: string, orComplete?: string]>> = {
  external: [
    'what else there is',
    'judge the manifests that are missing too, --declare FILE for what is defined elsewhere',
    ', --complete if these are all there is',
  ],
  cluster: [
    'what the cluster has',
    '--cluster FILE with the output of `kubectl get nodes,storageclasses,ingressclasses,gatewayclasses,priorityclasses,runtimeclasses,crds,apiservices -o yaml`',
    ', or --complete if the manifests bring it',
  ],
  nodes: ['the nodes', '--cluster FILE with the output of `kubectl get nodes -o yaml`'],
  'kubernetes-version': ['the version of Kubernetes', '--kubernetes VERSION'],
  previous: ['what is applied now', '--previous PATH'],
  promtool: ['promtool', 'install it: it comes with Prometheus'],
  expression: [
    'rules of your own that could not be evaluated',
    'mend their expressions, such as by has() for a field that may not be there',
  ],
  program: [
    'what programs do at run time',
    'declare it in the manifests as the findings say, or suppress it with the reason',
  ],
};

/** For people: what could not be read, what will break, what cannot be told and how to settle it, and advice. */
export function textReport(report: Report, options: TextOptions): string {
  const { color, all, complete = false, terminal = false, repairable = [] } = options;
  const paint = painter(color);
  const failed = report.findings.filter(({ verdict }) => verdict === 'fail');
  const parts = [
    unreadableLines(report, all || !terminal, paint),
    breakLines(
      failed.filter(({ severity }) => severity === 'will-break'),
      all,
      terminal && !all,
      paint,
    ),
    openLines(report.findings.filter(isOpen), 'cannot be told', { all, complete, cut: terminal && !all }, paint),
    adviceSection(
      failed.filter(({ severity }) => severity === 'advice'),
      all,
      paint,
    ),
    ...(all
      ? [
          openLines(
            report.findings.filter((finding) => finding.verdict === 'unknown' && !isOpen(finding)),
            'advice that cannot be told',
            { all, complete, cut: false },
            paint,
          ),
        ]
      : []),
    [summaryLine(report, all), ...repairLines(repairable, paint)],
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function unreadableLines({ unreadable }: Report, whole: boolean, paint: Paint): string[] {
  if (unreadable.length === 0) return [];
  const shown = whole ? unreadable : unreadable.slice(0, 8);
  return [
    paint.bad('could not be judged'),
    ...shown.map((part) => `  ${paint.place(placeText(part))}  ${part.reason}`),
    ...(shown.length < unreadable.length ? [`  and ${unreadable.length - shown.length} more (--all)`] : []),
  ];
}

function breakLines(findings: readonly ReportedFinding[], all: boolean, cut: boolean, paint: Paint): string[] {
  if (findings.length === 0) return [];
  // What most depends on comes first.
  const groups = groupsOf(findings).sort((a, b) => b.consequences.length - a.consequences.length);
  const lines = [paint.bad(`will break: ${count(findings.length, 'finding')}`)];
  const most = new Set(groups.map(checkOf)).size < MANY_CHECKS ? BLOCKS : 1;
  const shown = new Map<string, number>();
  const hidden = new Map<string, number>();
  for (const group of groups) {
    const check = checkOf(group);
    const block = blockOf(group, all, paint);
    if (cut && ((shown.get(check) ?? 0) >= most || lines.length + block.length > SCREEN)) {
      hidden.set(check, (hidden.get(check) ?? 0) + group.findings.length + group.consequences.length);
      continue;
    }
    shown.set(check, (shown.get(check) ?? 0) + 1);
    lines.push(...block);
  }
  const names = [...hidden].map(([check, number]) => `${number} ${check}`);
  if (names.length > 0)
    lines.push(`  and more: ${names.join(', ')} (--all shows them, --only CHECK those of one check)`);
  return lines;
}

/** What cannot be told, under the fact that would settle it. */
function openLines(
  findings: readonly ReportedFinding[],
  title: string,
  { all, complete, cut }: { readonly all: boolean; readonly complete: boolean; readonly cut: boolean },
  paint: Paint,
): string[] {
  if (findings.length === 0) return [];
  const byFact = new Map<Settling, ReportedFinding[]>();
  for (const finding of findings) addTo(byFact, finding.settledBy ?? 'program', finding);
  return [
    paint.warn(`${title}: ${count(findings.length, 'finding')}`),
    ...(Object.keys(SETTLING) as Settling[]).flatMap((fact) => {
      const [what, how, orComplete = ''] = SETTLING[fact];
      const here = byFact.get(fact);
      if (!here) return [];
      const groups = groupsOf(here);
      const shown = cut ? groups.slice(0, OPEN_BLOCKS) : groups;
      return [
        `  depends on ${what}: ${paint.good(complete ? how : how + orComplete)}`,
        ...shown.flatMap((group) => openBlockOf(group, all, paint)),
        ...(shown.length < groups.length ? [`    and ${groups.length - shown.length} more (--all)`] : []),
      ];
    }),
  ];
}

function adviceSection(findings: readonly ReportedFinding[], all: boolean, paint: Paint): string[] {
  if (findings.length === 0) return [];
  return [
    paint.warn(`advice: ${count(findings.length, 'finding')}`),
    ...(all ? groupsOf(findings).flatMap((group) => blockOf(group, all, paint)) : adviceLines(findings, paint)),
  ];
}

/** One line on what need not be corrected by hand. */
function repairLines(findings: readonly ReportedFinding[], paint: Paint): string[] {
  if (findings.length === 0) return [];
  const checks = [...new Set(findings.map(({ check }) => check))].map((check) => paint.name(check)).join(', ');
  return [`${paint.good('--fix')} corrects ${findings.length} of these: ${checks}`];
}

function checkOf({ findings }: Alike): string {
  return findings[0]!.check;
}

export function summaryLine({ summary, findings }: Report, all = true): string {
  const { objects, checks, willBreak, advice, unknown, suppressed, unreadable, skipped } = summary;
  const open = findings.filter(isOpen).length;
  const others = unknown - open;
  const said = [
    ...(unreadable > 0 ? [`${unreadable} could not be judged`] : []),
    `${willBreak} will break`,
    ...(open > 0 ? [`${open} cannot be told`] : []),
    `${advice} advice`,
    ...(others > 0 ? [`${others} of advice cannot be told${all ? '' : ' (--all shows them)'}`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
  ];
  const skippedFiles = skipped > 0 ? `; ${count(skipped, 'file')} without Kubernetes objects left out` : '';
  return `${count(objects, 'object')}, ${count(checks, 'check')}: ${said.join(', ')}${skippedFiles}`;
}
