import { CONTROLLER_LABEL_NAMES } from '../manifests/controller-labels';
import type { Json, Path } from '../manifests/resource';
import { list, record, strings } from '../manifests/resource';
import { selects } from '../manifests/selector';
import type { WorkloadManifest } from '../manifests/workload';

/** A term by which the scheduler keeps pods apart. */
export interface SpreadTerm {
  readonly kind: 'topologySpreadConstraint' | 'podAntiAffinity';
  readonly json: Json;
  readonly path: Path;
  /** Whether it concerns the workload's own pods; undefined where only a controller knows their labels. */
  readonly selectsOwn: boolean | undefined;
}

const ANTI = ['affinity', 'podAntiAffinity'];
/** Prefixes that only controllers use, whatever labels they will set. */
const OF_CONTROLLERS = /^(batch|apps|statefulset)\.kubernetes\.io\/.+$/;

/** All topology spread constraints and anti-affinity terms of a workload's pods. */
export function spreadTerms({ podSpec, podSpecPath, podLabels }: WorkloadManifest): SpreadTerm[] {
  const term = (kind: SpreadTerm['kind'], json: Json | undefined, path: Path): SpreadTerm[] =>
    json
      ? [{ kind, json, path: [...podSpecPath, ...path], selectsOwn: selectsOwn(json['labelSelector'], podLabels) }]
      : [];
  const anti = record(record(podSpec['affinity'])?.['podAntiAffinity']);
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  return [
    ...list(podSpec['topologySpreadConstraints']).flatMap((entry, i) =>
      term('topologySpreadConstraint', record(entry), ['topologySpreadConstraints', i]),
    ),
    ...list(anti?.[required]).flatMap((entry, i) => term('podAntiAffinity', record(entry), [...ANTI, required, i])),
    ...list(anti?.[preferred]).flatMap((entry, i) =>
      term('podAntiAffinity', record(record(entry)?.['podAffinityTerm']), [...ANTI, preferred, i, 'podAffinityTerm']),
    ),
  ];
}

/** No selector selects no pods; an empty one selects all. */
function selectsOwn(selector: unknown, labels: WorkloadManifest['podLabels']): boolean | undefined {
  const given = record(selector);
  if (!given) return false;
  const keys = [
    ...Object.keys(strings(given['matchLabels'])),
    ...list(given['matchExpressions']).map((entry) => String(record(entry)?.['key'])),
  ];
  return keys.some((key) => CONTROLLER_LABEL_NAMES.has(key) || OF_CONTROLLERS.test(key))
    ? undefined
    : selects(selector, labels);
}
