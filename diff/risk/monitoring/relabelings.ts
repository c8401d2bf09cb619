import type { Json, Resource } from '../../../manifests/resource';
import { list, mappings, record, string } from '../../../manifests/resource';
import { relabelingOf } from '../../../upstream/prometheus/relabeling-names';
import type { ObjectChange } from '../../object-change';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';

/** Actions that leave out targets or series, and whether they leave out what matches. */
const LEAVES_OUT: Readonly<Record<string, boolean>> = { keep: false, keepequal: false, drop: true, dropequal: true };

/** The first relabeling that leaves out something that was not left out before; undefined where there is none. */
export function keepsLess(was: readonly Json[], is: readonly Json[]): Json | undefined {
  const deciding = (rules: readonly Json[]) => rules.filter((rule) => Object.hasOwn(LEAVES_OUT, actionOf(rule)));
  const old = deciding(was);
  return deciding(is).find((rule) => !old.some((other) => leavesOutAll(other, rule)));
}

function actionOf({ action }: Json): string {
  return (string(action) ?? 'replace').toLowerCase();
}

/** Whether one rule leaves out all that the other one does, by the same labels. */
function leavesOutAll(one: Json, other: Json): boolean {
  const action = actionOf(one);
  const asked = (rule: Json) =>
    JSON.stringify([list(rule['source_labels']), string(rule['separator']) ?? ';', rule['target_label'] ?? '']);
  if (action !== actionOf(other) || asked(one) !== asked(other)) return false;
  const [wide, narrow] = [one, other].map((rule) => choicesOf(rule['regex'])) as [string[], string[]];
  // Who drops more alternatives leaves out more, who keeps fewer does.
  const [all, some] = LEAVES_OUT[action] ? [wide, narrow] : [narrow, wide];
  return some.every((choice) => all.includes(choice));
}

/** The alternatives of a pattern; one with parentheses is one by itself. */
function choicesOf(regex: unknown): string[] {
  const text = regex === undefined ? '(.*)' : String(regex);
  return /[()[\]\\]/.test(text) ? [text] : text.split('|');
}

/** `it keeps only "yes" of __meta_kubernetes_pod_annotation_x` */
export function keepsLessText(rule: Json): string {
  const of = list(rule['source_labels']).map(String).join(', ') || 'every label';
  const what = /equal$/.test(actionOf(rule))
    ? `what is equal to ${String(rule['target_label'])}`
    : `"${choicesOf(rule['regex']).join('|')}"`;
  return `it ${LEAVES_OUT[actionOf(rule)] ? 'drops' : 'keeps only'} ${what} of ${of}`;
}

/** Endpoints of a monitor that stay, and of which fewer series are kept, or fewer targets. */
export function* seriesDropped(change: ObjectChange): Iterable<FoundRisk> {
  const { before, after } = change;
  if (!before || !after) return;
  for (const { path, fields } of PLACES) {
    const old = new Map(endpointsIn(before, path).map((endpoint) => [keyOf(endpoint), endpoint]));
    for (const endpoint of endpointsIn(after, path)) {
      const was = old.get(keyOf(endpoint));
      if (!was) continue;
      for (const [field, what] of fields) {
        const [then, now] = [was, endpoint].map((each) => mappings(each[field]).map(relabelingOf));
        const rule = keepsLess(then!, now!);
        if (rule)
          yield {
            change,
            field: fieldAt(change, ['spec', ...path]),
            message: `${what}: ${keepsLessText(rule)}`,
          };
      }
    }
  }
}

const OF_SERIES = ['metricRelabelings', 'it keeps less of what it reads'] as const;
const OF_TARGETS = ['relabelings', 'it may find less than before'] as const;

/** Where monitors say what is left out, by their kinds. */
const PLACES = [
  { path: ['endpoints'], fields: [OF_SERIES, OF_TARGETS] },
  { path: ['podMetricsEndpoints'], fields: [OF_SERIES, OF_TARGETS] },
  // Of a Probe and a ScrapeConfig.
  { path: [], fields: [['metricRelabelConfigs', OF_SERIES[1]], OF_SERIES, OF_TARGETS] },
] as const;

function endpointsIn(monitor: Resource, path: readonly string[]): readonly Json[] {
  const value = monitor.at(['spec', ...path]);
  return path.length > 0 ? mappings(value) : [record(value) ?? {}];
}

function keyOf({ port, targetPort, portNumber, path }: Json): string {
  return JSON.stringify([port, targetPort, portNumber, path]);
}
