import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hpaDifference, hpaHistoryOf } from '../../../oracle/hpa-histories';

/** What the controllers of 1.28 to 1.35 themselves did: `npm run oracle:hpa` asks them (test/oracle/README.md). */
const lines = gunzipSync(readFileSync(join(__dirname, 'histories.jsonl.gz')))
  .toString()
  .trim()
  .split('\n');

test('every round of every history ends as the controller ended it', () => {
  const minors = new Set<number>();
  const reasons = new Set<string>();
  const kinds = new Set<string>();
  let rounds = 0;
  for (const [i, line] of lines.entries()) {
    const history = hpaHistoryOf(line);
    minors.add(history.minor);
    rounds += history.rounds.length;
    const difference = hpaDifference(history, ({ state, decided }, { metrics }) => {
      for (const condition of Object.values(state.conditions)) if (condition) reasons.add(condition.reason);
      if (decided !== undefined) kinds.add(`${metrics[decided]!.type} ${metrics[decided]!.target.type}`);
    });
    expect({ history: i, minor: history.minor, difference }).toEqual({
      history: i,
      minor: history.minor,
      difference: undefined,
    });
  }
  expect([...minors]).toEqual([28, 29, 33, 34, 35]);
  expect(rounds).toBeGreaterThan(5_000);
  expect([...kinds].sort()).toEqual([
    'ContainerResource AverageValue',
    'ContainerResource Utilization',
    'External AverageValue',
    'External Value',
    'Object AverageValue',
    'Object Value',
    'Pods AverageValue',
    'Resource AverageValue',
    'Resource Utilization',
  ]);
  expect([...reasons].sort()).toEqual([
    'AmbiguousSelector',
    'DesiredWithinRange',
    'FailedGetContainerResourceMetric',
    'FailedGetExternalMetric',
    'FailedGetObjectMetric',
    'FailedGetPodsMetric',
    'FailedGetResourceMetric',
    'FailedGetScale',
    'FailedUpdateScale',
    'InvalidSelector',
    'ReadyForNewScale',
    'ScaleDownLimit',
    'ScaleDownStabilized',
    'ScaleUpLimit',
    'ScaleUpStabilized',
    'ScalingDisabled',
    'SucceededGetScale',
    'SucceededRescale',
    'TooFewReplicas',
    'TooManyReplicas',
    'ValidMetricFound',
  ]);
});
