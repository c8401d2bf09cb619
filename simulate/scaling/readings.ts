import { parseQuantity } from '../../manifests/quantity';
import type { Json } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { StrataError } from '../../model/errors';
import { addTo } from '../../model/multimap';

/** One measurement of a container. */
export interface UseReading {
  /** Seconds since 1970; undefined where the file does not say when it was read. */
  readonly at: number | undefined;
  /** CPU in thousandths, memory in bytes. */
  readonly amount: number;
}

/** What one container of one pod was seen to use, in the order of the file. */
export interface ContainerReadings {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly cpu: readonly UseReading[];
  readonly memory: readonly UseReading[];
}

type Resource = 'cpu' | 'memory';
interface Row {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly resource: Resource;
  readonly reading: UseReading;
}

/**
 * Reads what `kubectl top pods -A --containers` printed, once or many times, or what the API of Prometheus answered: JSON of an instant or a range query.
 * @throws StrataError at the line, or at the series, that is neither.
 */
export function readReadings(files: readonly { readonly file: string; readonly text: string }[]): ContainerReadings[] {
  const rows = files.flatMap(({ file, text }) =>
    /^\s*[{[]/.test(text) ? [...ofPrometheus(file, text)] : [...ofTop(file, text)],
  );
  const found = new Map<string, Row[]>();
  for (const row of rows) addTo(found, `${row.namespace}/${row.pod}/${row.container}`, row);
  return [...found.values()].map((own) => {
    const { namespace, pod, container } = own[0]!;
    const of = (resource: Resource) => own.filter((row) => row.resource === resource).map(({ reading }) => reading);
    return { namespace, pod, container, cpu: of('cpu'), memory: of('memory') };
  });
}

const TOP_FIXES = [
  'write it with `kubectl top pods -A --containers >> FILE`, once a minute or so; a line such as `# 2030-01-31T23:00:00Z` before it says when',
  'give an answer of Prometheus instead: JSON of /api/v1/query_range',
];

/** A reading ends where a heading follows, or where a container comes again. */
function* ofTop(file: string, text: string): Iterable<Row> {
  let at: number | undefined;
  const seen = new Set<string>();
  let rows = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const place = `${file}:${i + 1}`;
    const cells = line.trim().split(/\s+/);
    if (cells[0] === '') continue;
    if (cells[0]!.startsWith('#')) {
      at = instantIn(place, line);
      seen.clear();
      continue;
    }
    if (cells[0] === 'NAMESPACE' && cells[1] === 'POD' && cells[2] === 'NAME') {
      seen.clear();
      continue;
    }
    const [namespace, pod, container, ...used] = cells as [string, string, string, ...string[]];
    const [cpu, memory] = used.map(parseQuantity);
    if (used.length !== 2 || cpu === undefined || memory === undefined || cpu < 0n || memory < 0n)
      throw new StrataError(place, `is not a namespace, a pod, a container, CPU and memory: ${line.trim()}`, TOP_FIXES);
    const key = `${namespace}/${pod}/${container}`;
    if (seen.has(key)) {
      // Nobody says when the next reading was: the time before it was that of the last.
      seen.clear();
      at = undefined;
    }
    seen.add(key);
    rows += 1;
    const row = { namespace, pod, container };
    yield { ...row, resource: 'cpu', reading: { at, amount: Number(cpu) / 1e6 } };
    yield { ...row, resource: 'memory', reading: { at, amount: Number(memory) / 1e9 } };
  }
  if (rows === 0) throw new StrataError(file, 'has no line of kubectl top', TOP_FIXES);
}

/** An instant as RFC 3339 writes it; a date alone would be midnight of who knows where. */
const INSTANT = /^#\s*(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))\s*$/;

function instantIn(place: string, line: string): number {
  const time = Date.parse(INSTANT.exec(line.trim())?.[1] ?? '');
  if (Number.isNaN(time))
    throw new StrataError(place, `is not the instant of a reading: ${line.trim()}`, [
      "write it with `date -u '+# %FT%TZ' >> FILE`, such as `# 2030-01-31T23:00:00Z`",
      'leave the line out: how long was measured is then unknown',
    ]);
  return time / 1000;
}

const PROMETHEUS_FIXES = [
  'ask for `label_replace(sum by (namespace, pod, container) (rate(container_cpu_usage_seconds_total{container!=""}[5m])), "resource", "cpu", "", "") or label_replace(sum by (namespace, pod, container) (container_memory_working_set_bytes{container!=""}), "resource", "memory", "", "")`',
];

function* ofPrometheus(file: string, text: string): Iterable<Row> {
  const data = record(answerIn(file, text)['data']);
  const type = string(data?.['resultType']);
  if (type !== 'matrix' && type !== 'vector')
    throw new StrataError(
      file,
      `is an answer of ${type === undefined ? 'no' : 'another'} type of result${type === undefined ? '' : `: ${type}`}`,
      ['ask /api/v1/query_range, or /api/v1/query with a query that gives an instant vector'],
    );
  const series = list(data?.['result']);
  if (series.length === 0)
    throw new StrataError(file, 'has no series', ['widen the time, or correct the labels of the query']);
  for (const [i, entry] of series.entries()) {
    const place = `${file}, data.result[${i}]`;
    const labels = record(record(entry)?.['metric']) ?? {};
    const [namespace, pod, container] = ['namespace', 'pod', 'container'].map((name) => string(labels[name]));
    if (namespace === undefined || pod === undefined || container === undefined)
      throw new StrataError(place, 'has not the labels namespace, pod and container', PROMETHEUS_FIXES);
    const resource = resourceOf(labels);
    if (!resource)
      throw new StrataError(place, 'does not say whether it is CPU or memory: no label resource', PROMETHEUS_FIXES);
    // The sum of a pod, and the container that holds its network.
    if (container === '' || container === 'POD') continue;
    const samples = type === 'vector' ? [record(entry)?.['value']] : list(record(entry)?.['values']);
    for (const [n, sample] of samples.entries()) {
      const [at, written] = list(sample);
      const value = typeof written === 'string' && written !== '' ? Number(written) : Number.NaN;
      // What is divided by nothing, or was counted across a gap.
      if (written === 'NaN') continue;
      if (typeof at !== 'number' || !Number.isFinite(value) || value < 0)
        throw new StrataError(
          `${place}.values[${n}]`,
          `is not a time and an amount of ${resource}: ${JSON.stringify(sample)}`,
          PROMETHEUS_FIXES,
        );
      const amount = resource === 'cpu' ? value * 1000 : value;
      yield { namespace, pod, container, resource, reading: { at, amount } };
    }
  }
}

function resourceOf(labels: Json): Resource | undefined {
  const said = labels['resource'];
  if (said === 'cpu' || said === 'memory') return said;
  return labels['__name__'] === 'container_memory_working_set_bytes' ? 'memory' : undefined;
}

function answerIn(file: string, text: string): Json {
  let answer: Json | undefined;
  try {
    answer = record(JSON.parse(text));
  } catch (error) {
    throw new StrataError(file, `is not JSON: ${(error as Error).message}`, [
      'save the whole answer of the API of Prometheus: curl … > FILE',
    ]);
  }
  if (answer?.['status'] !== 'success')
    throw new StrataError(file, `is no answer of success: ${string(answer?.['error']) ?? 'status is not success'}`, [
      'save the answer of the API of Prometheus, with `status` and `data`',
    ]);
  return answer;
}
