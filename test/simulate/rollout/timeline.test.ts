import { readSources } from '../../../manifests/reading/read';
import { stopTime } from '../../../simulate/rollout/stop-time';
import { switchTimeline } from '../../../simulate/rollout/switch';
import { deploymentTimeline } from '../../../simulate/rollout/timed-deployment';
import type { RolloutTimeline, TimedRollout, TimelineMoment } from '../../../simulate/rollout/timeline';
import { rolloutTimeline } from '../../../simulate/rollout/timeline';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import { all, quota, rolling, workload } from './support';

const step = (surge: number, unavailable: number) => ({ type: 'RollingUpdate' as const, surge, unavailable });
const of = (given: Partial<TimedRollout>) =>
  rolloutTimeline({ strategy: step(1, 0), replicas: 3, start: 2, ready: 8, stop: 5, ...given });
/** `at: old+new available/stopping` */
const lines = ({ moments }: { moments: readonly TimelineMoment[] }) =>
  moments.map(({ at, old, new: fresh, available, stopping }) => `${at}: ${old}+${fresh} ${available}/${stopping}`);
const summary = ({ peak, lowest, end, gone }: RolloutTimeline) => [peak.pods, peak.counted, lowest, end, gone];

describe('the timeline of a rolling update', () => {
  test('goes pod by pod where one more may be there and none may lack', () => {
    const found = of({});
    expect(lines(found)).toEqual([
      '0: 3+1 3/0',
      '10: 2+2 3/1',
      '15: 2+2 3/0',
      '20: 1+3 3/1',
      '25: 1+3 3/0',
      '30: 0+3 3/1',
      '35: 0+3 3/0',
    ]);
    expect(summary(found)).toEqual([4, 5, 3, 30, 35]);
    expect(found).toMatchObject({ gaps: [], never: undefined, givenUp: undefined });
  });

  test('pods that stop for long are there together', () => {
    expect(of({ stop: 25 }).peak).toEqual({ pods: 4, counted: 6 });
    expect(of({ stop: 25, replicas: 2, strategy: step(2, 0) }).peak).toEqual({ pods: 4, counted: 4 });
  });

  test('waits until a pod has been ready for minReadySeconds', () => {
    expect(of({ minReadySeconds: 20 }).end).toBe(90);
    expect(of({ minReadySeconds: 20, replicas: 1 }).moments.map(({ at, available }) => [at, available])).toEqual([
      [0, 1],
      [30, 1],
      [35, 1],
    ]);
  });

  test('takes pods away first where some may lack', () => {
    const found = of({ strategy: step(0, 2) });
    expect(lines(found).slice(0, 3)).toEqual(['0: 1+2 1/2', '5: 1+2 1/0', '10: 0+3 2/1']);
    expect(summary(found)).toEqual([3, 5, 1, 20, 15]);
  });

  test('one pod that may lack is a gap as long as a new pod takes', () => {
    expect(of({ strategy: step(0, 1), replicas: 1 }).gaps).toEqual([{ from: 0, length: 10 }]);
  });

  test('never ends where new pods never become ready, and is given up at its deadline', () => {
    const found = of({ ready: undefined, strategy: step(1, 1), progressDeadline: 60 });
    expect(found).toMatchObject({ end: undefined, never: '2 new pods never become ready', givenUp: 60, lowest: 2 });
    expect(of({ ready: undefined, strategy: { type: 'Recreate' } }).gaps).toEqual([{ from: 0, length: undefined }]);
  });

  test('pods slower than the deadline are said to have failed, and it ends all the same', () => {
    expect(of({ ready: 100, progressDeadline: 60 })).toMatchObject({ end: 306, givenUp: 60 });
    expect(of({ ready: 50, progressDeadline: 60 }).givenUp).toBeUndefined();
    // Both that it is ready and that it is available is progress.
    expect(of({ ready: 50, minReadySeconds: 50, progressDeadline: 60 }).givenUp).toBeUndefined();
  });

  test('one that is paused never begins', () => {
    expect(of({ paused: true })).toMatchObject({ never: 'it is paused', givenUp: undefined, peak: { counted: 3 } });
  });
});

describe('a quota', () => {
  test('without room for one more stops it for ever', () => {
    expect(of({ quota: 3 })).toMatchObject({
      never: 'the quota admits 3 pods at once, and 3 are there',
      givenUp: 600,
      peak: { counted: 3 },
    });
  });

  test('counts pods that are stopping: the new ones come later than those have gone, as the controller asks seldom', () => {
    const roomy = of({ strategy: step(0, 1), stop: 30 });
    const full = of({ strategy: step(0, 1), stop: 30, quota: 3 });
    expect(roomy).toMatchObject({ peak: { counted: 6 }, end: 30 });
    expect(full.peak.counted).toBe(3);
    // Each pod waits for 30 s of stopping and less than as much again.
    expect(full.end!).toBeGreaterThan(120);
    expect(full.end!).toBeLessThan(30 + 3 * 60);
  });

  test('that is too small for all new pods stops a Recreate as well', () => {
    expect(of({ strategy: { type: 'Recreate' }, quota: 2 }).never).toBe(
      'the quota admits 2 pods at once, and 2 are there',
    );
  });
});

test('nodes without room for one more keep it from ending; pods that stop keep theirs', () => {
  expect(of({ room: 3 }).never).toBe('the nodes have room for 3 pods, and 1 more waits for it');
  expect(of({ room: 3, strategy: step(0, 1) })).toMatchObject({ end: 45, peak: { pods: 3, counted: 4 } });
});

test('Recreate serves nobody from the change until a new pod is available', () => {
  const found = of({ strategy: { type: 'Recreate' }, minReadySeconds: 3 });
  expect(lines(found)).toEqual(['0: 0+0 0/3', '5: 0+3 0/0', '18: 0+3 3/0']);
  expect(found).toMatchObject({ gaps: [{ from: 0, length: 18 }], end: 18, lowest: 0, peak: { pods: 3, counted: 3 } });
});

test('Recreate is given up as late as a new pod takes, not while old ones stop', () => {
  const slow = { strategy: { type: 'Recreate' as const }, stop: 90, progressDeadline: 60 };
  expect(of(slow)).toMatchObject({ end: 100, givenUp: undefined });
  expect(of({ ...slow, ready: 70 })).toMatchObject({ end: 162, givenUp: 150 });
});

test('of no pods nothing is missed', () => {
  expect(of({ replicas: 0 })).toMatchObject({ end: 0, gaps: [], peak: { pods: 0, counted: 0 }, never: undefined });
});

test('a pod stops as long as its hook and its program take, and no longer than its grace period', () => {
  expect(stopTime({ exit: 1 })).toBe(1);
  expect(stopTime({ preStop: 5, exit: 1 })).toBe(6);
  expect(stopTime({ exit: undefined })).toBe(30);
  expect(stopTime({ grace: 10, preStop: 8, exit: 5 })).toBe(10);
  // The least that is left between SIGTERM and SIGKILL.
  expect(stopTime({ grace: 10, preStop: 30, exit: 5 })).toBe(12);
});

describe('a switch to another version', () => {
  const blueGreen = { old: 4, next: 4, start: 2, ready: 8, keepOld: 60, stop: 5 };

  test('waits for its pods, has both until the old ones are taken away, and no gap', () => {
    const found = switchTimeline(blueGreen);
    expect(lines(found)).toEqual(['0: 4+4 4/0', '10: 4+4 4/0', '70: 0+4 4/4', '75: 0+4 4/0']);
    expect(found).toMatchObject({ peak: { pods: 8, counted: 8 }, lowest: 4, gaps: [], switched: 10, gone: 75 });
    expect(switchTimeline({ ...blueGreen, keepOld: undefined }).gone).toBeUndefined();
  });

  test('before its pods are ready is a gap, and to fewer pods a shortage', () => {
    expect(switchTimeline({ ...blueGreen, switchAt: 4 }).gaps).toEqual([{ from: 4, length: 6 }]);
    expect(switchTimeline({ ...blueGreen, switchAt: 4, running: 1 })).toMatchObject({ lowest: 1, gaps: [] });
    expect(switchTimeline({ ...blueGreen, next: 2 }).lowest).toBe(2);
  });

  test('never comes where the quota has no room for both, or its pods never become ready', () => {
    expect(switchTimeline({ ...blueGreen, quota: 6 })).toMatchObject({
      switched: undefined,
      never: 'the quota admits 6 pods at once, so that 2 of 4 pods of the next version are there',
    });
    expect(switchTimeline({ ...blueGreen, ready: undefined }).never).toBe('the new pods never become ready');
  });
});

test('a Deployment of the manifests is followed with its own strategy, hook, deadlines and quota', () => {
  const text = all(
    quota('pods: 7'),
    workload({ name: 'api', replicas: 2 }),
    workload({
      replicas: 4,
      spec: `${rolling('25%', 0)}, minReadySeconds: 5, progressDeadlineSeconds: 60`,
      pod: 'terminationGracePeriodSeconds: 40',
      container: 'lifecycle: { preStop: { sleep: { seconds: 10 } } }',
    }),
  );
  const world = new World(readSources([{ file: 'a.yaml', text }]).resources, new Facts([]));
  const [, web] = world.workloads;
  const found = deploymentTimeline(world, web!, { start: 1, ready: 9, exit: 2 })!;
  // One more is admitted beside the four, and each old pod stops for 12 s before the next new one may come.
  expect(found).toMatchObject({ peak: { pods: 5, counted: 5 }, lowest: 4, givenUp: undefined });
  expect(found.end!).toBeGreaterThan(4 * 15 + 3 * 12);
  expect(deploymentTimeline(world, web!, { start: 1, ready: 79, exit: 2 })!.givenUp).toBe(60);
});
