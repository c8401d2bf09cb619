import { spreadTerms } from '../../world/spread';
import { workload, workloadOf, worldOf } from './support';

const terms = (pod: string) =>
  spreadTerms(workloadOf(worldOf(workload({ pod })), 'web')).map(({ kind, path, selectsOwn }) => [
    kind,
    path.join('.'),
    selectsOwn,
  ]);
const spec = 'spec.template.spec';
const own = 'labelSelector: { matchLabels: { app: web } }';
const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

test('each constraint and term stands at its place', () => {
  expect(terms(`topologySpreadConstraints: [null, { ${own} }]`)).toEqual([
    ['topologySpreadConstraint', `${spec}.topologySpreadConstraints.1`, true],
  ]);
  expect(terms(`affinity: { podAntiAffinity: { ${required}: [text, { ${own} }] } }`)).toEqual([
    ['podAntiAffinity', `${spec}.affinity.podAntiAffinity.${required}.1`, true],
  ]);
  expect(
    terms(
      `affinity: { podAntiAffinity: { ${preferred}: [{ weight: 1 }, { weight: 1, podAffinityTerm: { ${own} } }] } }`,
    ),
  ).toEqual([['podAntiAffinity', `${spec}.affinity.podAntiAffinity.${preferred}.1.podAffinityTerm`, true]]);
});
test.each(['dnsPolicy: Default', 'affinity: null', `affinity: { podAffinity: { ${required}: [{ ${own} }] } }`])(
  '{ %s } keeps no pods apart',
  (pod) => expect(terms(pod)).toEqual([]),
);
test.each([
  ['labelSelector: { matchLabels: { app: web } }', true],
  ['labelSelector: { matchLabels: { app: db } }', false],
  ['labelSelector: {}', true],
  ['labelSelector: null', false],
  ['topologyKey: a', false],
  ['labelSelector: { matchExpressions: [{ key: app, operator: In, values: [web, db] }] }', true],
  ['labelSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] }', false],
  // Only a controller knows these.
  ['labelSelector: { matchLabels: { app: web, pod-template-hash: a } }', undefined],
  ['labelSelector: { matchLabels: { batch.kubernetes.io/job-name: a } }', undefined],
  ['labelSelector: { matchExpressions: [{ key: statefulset.kubernetes.io/pod-name, operator: Exists }] }', undefined],
])('{ %s } selects the own pods: %s', (term, selects) =>
  expect(terms(`topologySpreadConstraints: [{ ${term} }]`).map(([, , selected]) => selected)).toEqual([selects]),
);
