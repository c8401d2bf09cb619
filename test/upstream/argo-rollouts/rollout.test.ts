import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resource } from '../../../manifests/resource';
import { goDuration } from '../../../upstream/argo-rollouts/duration';
import { rolloutProblems } from '../../../upstream/argo-rollouts/rollout';
import { rolloutCases } from '../../oracle/argo-rollouts-cases';

const judged = (object: object) => rolloutProblems(new Resource({ ...object }, { file: 'a.yaml', text: '' }, 0));

/** What Argo Rollouts 1.9 itself says of these cases (`npm run oracle:argo`): an x is refused. */
const VERDICTS = readFileSync(join(__dirname, 'verdicts.txt'), 'utf8').replace(/\s/g, '');

test('Rollouts are refused that Argo Rollouts refuses, and no others', () => {
  expect(VERDICTS).toHaveLength(4000);
  const said = rolloutCases(VERDICTS.length, 9).map((one) => (judged(one).length > 0 ? 'x' : '.'));
  expect(said.join('')).toBe(VERDICTS);
});

const rollout = (strategy: object, more: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } },
    strategy,
    ...more,
  },
});
const problems = (strategy: object, more?: object) =>
  judged(rollout(strategy, more)).map(({ path, message }) => `${path.slice(1).join('.')} ${message}`);

test('a problem says where it is and what is wrong', () => {
  expect(problems({ canary: {} })).toEqual([]);
  expect(problems({ canary: { stableService: 'web', canaryService: 'web', steps: [{ setWeight: 130 }, {}] } })).toEqual(
    [
      'strategy.canary.stableService is web, as canaryService is: two Services are needed',
      'strategy.canary.steps.0.setWeight is 130, and a weight is 0 to 100',
      'strategy.canary.steps.1 is none of setWeight, pause, experiment, analysis, setCanaryScale, setHeaderRoute, setMirrorRoute, plugin',
    ],
  );
  expect(problems({ canary: { steps: [{ setMirrorRoute: { name: 'm' } }] } })).toEqual([
    'strategy.canary.steps.0.setMirrorRoute only works with trafficRouting by istio',
  ]);
  const both = { nginx: { stableIngress: 'web', stableIngresses: [] } };
  expect(problems({ canary: { stableService: 'web', canaryService: 'next', trafficRouting: both } })).toEqual([
    'strategy.canary.trafficRouting.nginx has both stableIngress and stableIngresses, and only one may be there',
  ]);
  expect(problems({}, { minReadySeconds: 600 })).toEqual([
    'progressDeadlineSeconds is 600, which is not more than minReadySeconds (600): no pod could count before it is given up',
    'strategy has neither blueGreen nor canary',
  ]);
  expect(problems({ canary: {} }, { selector: { matchLabels: { app: 'other' } } })).toEqual([
    expect.stringContaining('template.metadata.labels'),
  ]);
});

test('a field that no Rollout has is dropped, and so is what it asks for', () => {
  const routed = { canary: { trafficRouting: { gatewayAPI: { httpRoute: 'web' } }, steps: [{ setWeigth: 20 }] } };
  expect(problems(routed)).toEqual([
    'strategy.canary.trafficRouting.gatewayAPI is no field of trafficRouting, so the API server drops it without a word',
    'strategy.canary.steps.0.setWeigth is no field of a step, so the API server drops it without a word; did you mean "setWeight"?',
    expect.stringContaining('strategy.canary.steps.0 is none of'),
  ]);
});

test.each([
  ['1h30m', 5400],
  ['1.5s', 1.5],
  ['.5m', 30],
  ['-2s', -2],
  ['0', 0],
  ['100ms', 0.1],
  ['5', undefined],
  ['1d', undefined],
  ['', undefined],
  ['s', undefined],
  ['1 h', undefined],
  ['9999999h', undefined],
])('Go reads the duration %s as %s s', (text, seconds) => expect(goDuration(text)).toBe(seconds));
