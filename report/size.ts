import type { Measured, Sizes } from '../simulate/scaling/proposal';
import { isNearlyKilled, isThrottled, LEAST_READINGS } from '../simulate/scaling/proposal';
import type { SizedContainer, Sizing, SizingEffects } from '../simulate/scaling/sized';
import { containerText, resourcesWritten, sizeText } from '../simulate/scaling/sized';
import { columns } from './columns';

/** A setting of a target that gives containers what they ask for, and the value that asks for what is proposed. */
export interface SizeSetting {
  /** `web.resources` */
  readonly path: string;
  readonly value: Readonly<Record<string, string>>;
  /** Of whichever container. */
  readonly reason: string;
  /** Layer, place and reason of the value that holds now. */
  readonly over: string;
}

export interface SizeReport {
  readonly sizing: Sizing;
  readonly effects: SizingEffects;
  /** By a target: its settings to change, and what is left to people. undefined: files and folders, which have no settings. */
  readonly target:
    | {
        readonly name: string;
        readonly settings: readonly SizeSetting[];
        /** What no setting moves, or one that does more. */
        readonly byHand: readonly string[];
      }
    | undefined;
}

/** Whether something has to be done before the proposals can be taken, or a container is held back or killed as it is. */
export function isSizeTrouble({ sizing, effects }: SizeReport): boolean {
  return (
    effects.obstacles.length > 0 ||
    (effects.waiting?.after.length ?? 0) > 0 ||
    sizing.containers.some(({ asked, cpu, memory }) => isThrottled(asked, cpu) || isNearlyKilled(asked, memory))
  );
}

export const sizeFormats = {
  text: (report: SizeReport): string =>
    [table(report.sizing.containers), remarks(report), totals(report.sizing.containers), leftOut(report.sizing)]
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  json: (report: SizeReport): string => JSON.stringify(jsonOf(report), null, 2),
  patch: (report: SizeReport): string => (report.target ? settingsPatch(report.target) : manifestsPatch(report)),
};

export type SizeFormat = keyof typeof sizeFormats;

function table(containers: readonly SizedContainer[]): string[] {
  const rows = containers.map((each) => {
    const { asked, proposed, pods, cpu, memory } = each;
    return [
      containerText(each),
      String(pods),
      String(Math.min(cpu?.readings ?? 0, memory?.readings ?? 0)),
      ...[
        { resource: 'cpu' as const, measured: cpu, limit: 'cpuLimit' as const },
        { resource: 'memory' as const, measured: memory, limit: 'memoryLimit' as const },
      ].flatMap(({ resource, measured, limit }) => [
        measured ? `${rough(resource, measured.p90)}, ${rough(resource, measured.most)}` : '-',
        pairText(resource, asked[resource], asked[limit]),
        proposed ? pairText(resource, proposed[resource], proposed[limit]) : 'too few readings',
      ]),
    ];
  });
  const head = ['CPU', 'MEMORY'].flatMap((name) => [`${name} P90, MOST`, 'ASKED/LIMIT', 'PROPOSED']);
  return columns([['CONTAINER', 'PODS', 'READINGS', ...head], ...rows]).map((line) => line.trimEnd());
}

/** `200m/1`: a request and a limit. */
function pairText(resource: 'cpu' | 'memory', request: number | undefined, limit: number | undefined): string {
  const text = (amount: number | undefined) => (amount === undefined ? '-' : sizeText(resource, amount));
  return `${text(request)}/${text(limit)}`;
}

/** What was measured is not worth more digits: whole thousandths and mebibytes. */
function rough(resource: 'cpu' | 'memory', amount: number): string {
  const unit = resource === 'memory' && amount >= MEBI ? MEBI : 1;
  return sizeText(resource, Math.round(amount / unit) * unit);
}

const MEBI = 1024 * 1024;

function remarks({ sizing, effects, target }: SizeReport): string[] {
  const { waiting } = effects;
  return [
    ...sizing.containers.flatMap((each) => [...troubleOf(each)]),
    ...effects.obstacles,
    ...effects.notes,
    ...(waiting
      ? waiting.after.length === 0
        ? ['the nodes hold all pods with what is proposed']
        : waiting.after.map(
            ({ controller, pods, reason }) => `${pods} of ${controller} find no node with what is proposed: ${reason}`,
          )
      : []),
    ...(target?.byHand ?? []),
  ];
}

function* troubleOf(each: SizedContainer): Iterable<string> {
  const { asked, cpu, memory } = each;
  if (isThrottled(asked, cpu))
    yield `${containerText(each)} was throttled: it used ${rough('cpu', cpu!.most)} of a limit of ${sizeText('cpu', asked.cpuLimit!)}; what it would use is not known before that is higher`;
  if (isNearlyKilled(asked, memory))
    yield `${containerText(each)} is about to be killed for its memory: it used ${rough('memory', memory!.most)} of a limit of ${sizeText('memory', asked.memoryLimit!)}`;
  if (asked.cpu !== undefined && cpu && cpu.p90 > asked.cpu)
    yield `${containerText(each)} uses more CPU than it asks for: on a full node it gets ${sizeText('cpu', asked.cpu)}, and a tenth of the readings were above ${rough('cpu', cpu.p90)}`;
}

/** Seconds as people say them. */
function spanText(seconds: number): string {
  if (seconds >= 2 * 86_400) return `${Math.floor(seconds / 86_400)} days`;
  if (seconds >= 2 * 3600) return `${Math.floor(seconds / 3600)} hours`;
  return seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${Math.round(seconds)} seconds`;
}

function totals(containers: readonly SizedContainer[]): string[] {
  const spans = containers.flatMap(({ cpu, memory }) => cpu?.span ?? memory?.span ?? []);
  const span = spans.length === 0 ? undefined : Math.max(...spans);
  return [
    ...(['cpu', 'memory'] as const).map((resource) => {
      const { asked, used, proposed } = sumOf(containers, resource);
      const text = (amount: number) => rough(resource, amount);
      return `${resource} of all measured pods: ${text(asked)} asked for, ${text(used)} used on average, ${text(Math.max(0, asked - used))} not used; ${text(proposed)} proposed`;
    }),
    span === undefined
      ? 'how long was measured is not known: hours and days that were not measured may need more'
      : `measured over ${spanText(span)}${span < DAY ? ': what the other hours of a day need was not seen' : ''}`,
  ];
}

const DAY = 23 * 3600;

/** Over all pods; what gets no proposal goes on asking for what it does, and one without a request asks for nothing. */
function sumOf(containers: readonly SizedContainer[], resource: 'cpu' | 'memory') {
  const sum = (of: (each: SizedContainer) => number) => containers.reduce((all, each) => all + of(each) * each.pods, 0);
  return {
    asked: sum(({ asked }) => asked[resource] ?? 0),
    used: sum((each) => each[resource]?.mean ?? 0),
    proposed: sum(({ asked, proposed }) => (proposed ?? asked)[resource] ?? 0),
  };
}

function leftOut({ containers, unmeasured, unknown }: Sizing): string[] {
  const few = containers.filter(({ proposed }) => !proposed).length;
  return [
    ...(few > 0
      ? [
          `${few} with fewer than ${LEAST_READINGS} readings of CPU and memory: their 90th percentile would rest on one or two`,
        ]
      : []),
    ...(unmeasured.length > 0 ? [`Not measured: ${unmeasured.join(', ')}`] : []),
    ...(unknown.length > 0 ? [`Not in the manifests or facts: ${unknown.join(', ')}`] : []),
  ];
}

function jsonOf({ sizing, effects, target }: SizeReport) {
  const { containers, unmeasured, unknown } = sizing;
  const numbers = (resource: 'cpu' | 'memory', measured: Measured | undefined) => {
    if (!measured) return null;
    const { readings, samples, span, days, ...values } = measured;
    const written = Object.entries(values).map(([name, value]) => [name, rough(resource, value)]);
    return { readings, samples, seconds: span ?? null, days: days?.length ?? null, ...Object.fromEntries(written) };
  };
  const sizes = (of: Sizes) => resourcesWritten(of);
  return {
    containers: containers.map(({ workload, container, asked, proposed, pods, cpu, memory }) => ({
      ...{ kind: workload.resource.kind, namespace: workload.namespace, name: workload.resource.name },
      container: container.name,
      pods,
      cpu: numbers('cpu', cpu),
      memory: numbers('memory', memory),
      asked: sizes(asked),
      proposed: proposed ? sizes(proposed) : null,
      throttled: isThrottled(asked, cpu),
      nearlyKilled: isNearlyKilled(asked, memory),
    })),
    total: Object.fromEntries(
      (['cpu', 'memory'] as const).map((resource) => {
        const { asked, used, proposed } = sumOf(containers, resource);
        const text = (amount: number) => rough(resource, amount);
        return [resource, { asked: text(asked), used: text(used), proposed: text(proposed) }];
      }),
    ),
    obstacles: effects.obstacles,
    notes: effects.notes,
    waiting: effects.waiting?.after ?? null,
    settings: target?.settings ?? null,
    byHand: target?.byHand ?? null,
    unmeasured,
    unknown,
  };
}

/** Why a container asks for what is proposed: what was measured. */
export function sizeReason({ pods, cpu, memory }: SizedContainer): string {
  const span = cpu?.span ?? memory?.span;
  const over = span === undefined ? '' : ` over ${spanText(span)}`;
  return `measured${over}, ${cpu!.readings} readings of ${pods} ${pods === 1 ? 'pod' : 'pods'}: CPU p90 ${rough('cpu', cpu!.p90)}, at most ${rough('cpu', cpu!.most)}; memory at most ${rough('memory', memory!.most)}`;
}

/** What stands in `settings` of the target in the matrix. */
function settingsPatch({ name, settings }: NonNullable<SizeReport['target']>): string {
  const groups = new Map<string, SizeSetting[]>();
  for (const setting of settings) {
    const group = setting.path.split('.')[0]!;
    groups.set(group, [...(groups.get(group) ?? []), setting]);
  }
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [...groups].flatMap(([group, own]) => [
    `  ${group}: {`,
    ...own.flatMap(({ path, value, reason, over }) => [
      `    // Over ${over}`,
      `    ${path.split('.')[1]}: because(`,
      `      { ${Object.entries(value)
        .map(([key, text]) => `${key}: ${quoted(text)}`)
        .join(', ')} },`,
      `      ${quoted(reason)},`,
      '    ),',
    ]),
    '  },',
  ]);
  return [
    `// Settings of ${name}, in its target(…) in the matrix`,
    ...(lines.length > 0 ? ['settings: {', ...lines, '},'] : ['// Nothing to change']),
  ].join('\n');
}

/** Strategic merge patches, as `kubectl patch --type strategic` and Kustomize's `patches` take them: one document for each workload. */
function manifestsPatch({ sizing }: SizeReport): string {
  const byWorkload = new Map<SizedContainer['workload'], SizedContainer[]>();
  for (const each of resized(sizing.containers))
    byWorkload.set(each.workload, [...(byWorkload.get(each.workload) ?? []), each]);
  const documents = [...byWorkload].map(([{ resource, namespace, podSpecPath }, own]) => {
    const listed = (field: string) => own.filter(({ container }) => container.path[podSpecPath.length] === field);
    const spec = Object.fromEntries(
      ['initContainers', 'containers'].flatMap((field) => {
        const entries = listed(field).map(({ container, proposed }) => ({
          name: container.name,
          resources: writtenSizes(proposed!),
        }));
        return entries.length > 0 ? [[field, entries]] : [];
      }),
    );
    const body = podSpecPath.reduceRight<unknown>((inner, key) => ({ [key]: inner }), spec) as object;
    const { apiVersion, kind, name } = resource;
    return [
      ...own.map((each) => `# ${each.container.name}: ${sizeReason(each)}`),
      JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, ...body }, null, 2),
    ].join('\n');
  });
  return documents.length > 0 ? documents.join('\n---\n') : '# Nothing to change';
}

function writtenSizes(proposed: Sizes) {
  const { requests, limits } = resourcesWritten(proposed);
  return { requests, ...(Object.keys(limits).length > 0 && { limits }) };
}

/** Those whose proposal is another than what they ask for. */
export function resized(containers: readonly SizedContainer[]): SizedContainer[] {
  return containers.filter(
    ({ asked, proposed }) =>
      proposed && JSON.stringify(resourcesWritten(asked)) !== JSON.stringify(resourcesWritten(proposed)),
  );
}
