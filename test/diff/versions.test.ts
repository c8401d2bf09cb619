import { stepsText } from '../../diff/field-change';
import { worstOf } from '../../diff/risk/classes';
import { targetChange } from '../../diff/target-change';
import { worldOf } from '../checks/judging';

/** The fields that are told, and the worst class of what is said. */
function told(before: string, after: string) {
  const { changes, risks } = targetChange('a', worldOf(before), worldOf(after));
  return [
    worstOf(risks.map((risk) => risk.class)),
    ...changes.flatMap(({ does, fields }) => [does, ...fields.map(({ path }) => stepsText(path))]),
  ];
}
const SAME = ['no-effect', 'changed', 'apiVersion'];

const scaler = (version: string, spec: string) =>
  `{ apiVersion: autoscaling/${version}, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, ${spec} } }`;
const cpu = (percent: number) =>
  `metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: ${percent} } } }]`;
const ingress = (version: string, backend: string, more = '') =>
  `{ apiVersion: ${version}, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ host: a.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: ${backend} }] } }]${more} } }`;
const NEW = '{ service: { name: web, port: { number: 80 } } }';
const OLD = '{ serviceName: web, servicePort: 80 }';
const budget = (version: string, selector: string) =>
  `{ apiVersion: policy/${version}, kind: PodDisruptionBudget, metadata: { name: web, namespace: shop }, spec: { minAvailable: 1, selector: ${selector} } }`;
const cron = (version: string, schedule = '0 1 * * *') =>
  `{ apiVersion: batch/${version}, kind: CronJob, metadata: { name: web, namespace: shop }, spec: { schedule: '${schedule}', jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: web, image: a:1 }] } } } } } }`;

test.each([
  ['autoscaling/v1', scaler('v1', 'targetCPUUtilizationPercentage: 70'), scaler('v2', cpu(70))],
  ['autoscaling/v2beta2', scaler('v2beta2', cpu(70)), scaler('v2', cpu(70))],
  [
    'autoscaling/v2beta1',
    scaler('v2beta1', 'metrics: [{ type: Resource, resource: { name: cpu, targetAverageUtilization: 70 } }]'),
    scaler('v2', cpu(70)),
  ],
  // Both are converted to a third one.
  ['autoscaling/v2beta2', scaler('v2beta2', cpu(70)), scaler('v1', 'targetCPUUtilizationPercentage: 70')],
  ['networking.k8s.io/v1beta1', ingress('networking.k8s.io/v1beta1', OLD), ingress('networking.k8s.io/v1', NEW)],
  ['extensions/v1beta1', ingress('extensions/v1beta1', OLD), ingress('networking.k8s.io/v1', NEW)],
  ['policy/v1beta1', budget('v1beta1', '{ matchLabels: { a: b } }'), budget('v1', '{ matchLabels: { a: b } }')],
  ['batch/v1beta1', cron('v1beta1'), cron('v1')],
])(
  '%s is another version of the same, and the way back is refused where nobody serves it any more',
  (version, before, after) => {
    expect(told(before, after)).toEqual(SAME);
    expect(told(after, before)).toEqual([version === 'autoscaling/v1' ? 'no-effect' : 'immutable', ...SAME.slice(1)]);
  },
);

test('what changes with the version is told, in the fields of the version that is newer', () => {
  expect(told(scaler('v1', 'targetCPUUtilizationPercentage: 70'), scaler('v2', cpu(60)))).toEqual([
    expect.anything(),
    'changed',
    'apiVersion',
    expect.stringMatching(/^spec\.metrics/),
  ]);
  expect(
    told(ingress('networking.k8s.io/v1beta1', OLD), ingress('networking.k8s.io/v1', NEW.replace('80', '81'))),
  ).toEqual(expect.arrayContaining(['apiVersion', expect.stringMatching(/service\.port\.number$/)]));
  expect(told(cron('v1beta1'), cron('v1', '0 2 * * *'))).toEqual(
    expect.arrayContaining(['apiVersion', 'spec.schedule']),
  );
});

test('an empty selector of a budget means the opposite in the other version', () => {
  expect(told(budget('v1beta1', '{}'), budget('v1', '{}'))).toEqual(
    expect.arrayContaining(['apiVersion', expect.stringMatching(/^spec\.selector/)]),
  );
});

test('two of a version that is served no more are compared by what they mean', () => {
  const old = (port: number) => ingress('networking.k8s.io/v1beta1', OLD.replace('80', String(port)));
  expect(told(old(80), old(80))).toEqual(['no-effect']);
  expect(told(old(80), old(81))).toEqual([
    expect.anything(),
    'changed',
    expect.stringMatching(/service\.port\.number$/),
  ]);
});
