/** What a change may do, from the least to the worst. */
export const RISK_CLASSES = [
  'no-effect',
  'metadata',
  'in-place',
  'unknown',
  'restart',
  'capacity',
  'exposure',
  'privilege',
  'disruption',
  'immutable',
  'data-loss',
] as const;
export type RiskClass = (typeof RISK_CLASSES)[number];

/** What each class means, in one line. */
export const CLASS_MEANINGS: Readonly<Record<RiskClass, string>> = {
  'no-effect': 'the API server stores the same, or what means the same',
  metadata: 'nothing acts on it: labels, annotations, descriptions, the order of entries',
  'in-place': 'takes effect at once, without a restart',
  unknown: 'what comes of it is not known here: a kind, a file of a program or a chart that strata does not read',
  restart: 'pods are replaced, a few at a time',
  capacity: 'more or fewer pods, or other requests: what a workload can do, and what it costs',
  exposure: 'somebody can reach what they could not reach before',
  privilege: 'an account or a pod may do more than before',
  disruption: 'requests may fail, or a safeguard against that goes',
  immutable: 'the API server refuses the change, or another object has to come in the place of this one',
  'data-loss': 'what is stored may be lost, and no revert brings it back',
};

/** Whether a class is that bad, or worse. */
export function isAtLeast(risk: RiskClass, limit: RiskClass): boolean {
  return rank(risk) >= rank(limit);
}

/** The worst of some; `no-effect` of none. */
export function worstOf(risks: Iterable<RiskClass>): RiskClass {
  let worst: RiskClass = 'no-effect';
  for (const risk of risks) if (isAtLeast(risk, worst)) worst = risk;
  return worst;
}

/** For sorting: higher is worse. */
export function rank(risk: RiskClass): number {
  return RISK_CLASSES.indexOf(risk);
}
