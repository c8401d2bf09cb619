import type { SeriesEstimate } from '../simulate/monitoring/series-estimate';
import type { SeriesRoom } from '../simulate/monitoring/series-room';
import { columns } from './columns';
import { markdownTable } from './flow-tables';

/** How many series a Prometheus has, and what they take. */
export interface SeriesReport {
  /** `StatefulSet/shop/prometheus` */
  readonly prometheus: string;
  readonly estimate: SeriesEstimate;
  readonly room: SeriesRoom;
}

export const seriesFormats = {
  text: (reports: readonly SeriesReport[]): string =>
    reports
      .map((report) =>
        [report.prometheus, ...columns(tableOf(report)).map((line) => line.trimEnd()), ...wordsOf(report)].join('\n'),
      )
      .join('\n\n'),
  markdown: (reports: readonly SeriesReport[]): string =>
    [
      '# Series',
      ...reports.map((report) =>
        [`## ${report.prometheus}`, '', ...tableLines(report), '', ...wordsOf(report).map((line) => `- ${line}`)].join(
          '\n',
        ),
      ),
    ].join('\n\n'),
  json: (reports: readonly SeriesReport[]): string =>
    JSON.stringify(
      reports.map(({ prometheus, estimate: { jobs, recorded, total, later, samplesPerSecond }, room }) => ({
        prometheus,
        jobs: jobs.map(({ job, of, page, interval, isAtMost }) => ({
          job,
          of,
          targets: page?.targets ?? null,
          series: page?.series ?? null,
          later: page?.later ?? 0,
          isAtMost,
          from: page?.from ?? null,
          intervalSeconds: interval / 1000,
        })),
        recorded,
        total,
        later,
        samplesPerSecond: Math.round(samplesPerSecond),
        bytesPerDay: Math.round(room.bytesPerDay),
        days: room.days ?? null,
        daysThatFit: room.daysThatFit ?? null,
        memoryBytes: Math.round(room.memory),
        memoryLimitBytes: room.memoryLimit ?? null,
      })),
      null,
      2,
    ),
};

export type SeriesFormat = keyof typeof seriesFormats;

/** Whether memory or room on the volume is too small for what is scraped. */
export function isTooSmall({ room: { days, daysThatFit, memory, memoryLimit } }: SeriesReport): boolean {
  return (
    (memoryLimit !== undefined && memory > memoryLimit) ||
    (days !== undefined && daysThatFit !== undefined && days > daysThatFit)
  );
}

function tableOf({ estimate: { jobs, recorded, total } }: SeriesReport): string[][] {
  return [
    ['JOB', 'OF', 'TARGETS', 'SERIES', 'MADE OF'],
    ...jobs.map(({ job, of, page, isAtMost }) => [
      job,
      of,
      page ? String(page.targets) : '?',
      page ? `${isAtMost ? 'at most ' : ''}${counted(page.series)}` : 'unknown',
      page?.from ?? 'nobody says how many: annotate the workload with strata/series',
    ]),
    ['rules', 'recorded', '', counted(recorded), ''],
    ['all', '', '', `${jobs.some(({ page }) => !page) ? 'at least ' : ''}${counted(total)}`, ''],
  ];
}

function wordsOf({ estimate: { total, later, samplesPerSecond }, room }: SeriesReport): string[] {
  const { bytesPerDay, days, daysThatFit, memory, memoryLimit } = room;
  const kept = days === undefined ? 'as long as there is room' : daysText(days);
  const fit =
    daysThatFit === undefined ? 'how much room there is is not known' : `there is room for ${daysText(daysThatFit)}`;
  const short = days !== undefined && daysThatFit !== undefined && days > daysThatFit;
  return [
    ...(later > total
      ? [`${counted(later)} once the cluster has been used for a while; what follows is for them`]
      : []),
    `${counted(samplesPerSecond)} samples each second, ${bytesText(bytesPerDay)} a day; kept for ${kept}, and ${fit}${short ? ': too little' : ''}`,
    `${bytesText(memory)} of memory${memoryLimit === undefined ? '' : `, of ${bytesText(memoryLimit)} that it may use${memory > memoryLimit ? ': too little' : ''}`}`,
  ];
}

function counted(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ',');
}

function daysText(days: number): string {
  return `${days < 10 ? Number(days.toFixed(1)) : Math.floor(days)} days`;
}

function bytesText(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)}Gi` : `${Math.round(bytes / 2 ** 20)}Mi`;
}

function tableLines(report: SeriesReport): string[] {
  const [head = [], ...rows] = tableOf(report);
  return markdownTable(head, rows).split('\n');
}
