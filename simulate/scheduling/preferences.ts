import type { Json } from '../../manifests/resource';
import { list, mappings, number, record } from '../../manifests/resource';
import type { Labels } from '../../manifests/selector';
import type { AffinityTerm } from './affinity-term';
import { termsOf } from './affinity-term';
import type { SpreadConstraint } from './spread-constraint';
import { constraintsOf } from './spread-constraint';

/** A term of preferred affinity, and how much it counts. */
export interface WeighedTerm extends AffinityTerm {
  readonly weight: number;
}

/** What a pod prefers of its node: it keeps it from none. */
export interface PodPreferences {
  readonly nodes: readonly { readonly weight: number; readonly term: Json }[];
  readonly near: readonly WeighedTerm[];
  readonly away: readonly WeighedTerm[];
  readonly spread: readonly SpreadConstraint[];
  /** Whether its spec says anything of its spread: then no default does. */
  readonly saysSpread: boolean;
}

const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

export function preferencesOf(spec: Json, namespace: string, labels: Labels): PodPreferences {
  const affinity = record(spec['affinity']);
  const preferred = (field: string) => mappings(record(affinity?.[field])?.[PREFERRED]);
  const podTerms = (field: string) =>
    preferred(field).flatMap((each) =>
      termsOf([each['podAffinityTerm']], namespace, labels).map((term) => ({ ...term, weight: weightOf(each) })),
    );
  const spread = list(spec['topologySpreadConstraints']);
  return {
    nodes: preferred('nodeAffinity').map((each) => ({
      weight: weightOf(each),
      term: record(each['preference']) ?? {},
    })),
    near: podTerms('podAffinity'),
    away: podTerms('podAntiAffinity'),
    spread: constraintsOf(spread, labels, 'ScheduleAnyway'),
    saysSpread: spread.length > 0,
  };
}

function weightOf(each: Json): number {
  return number(each['weight']) ?? 0;
}
