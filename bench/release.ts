/**
 * How long it takes to plan the release of one service: of web in prod, by a canary with eight stages. Prints seconds of CPU as JSON: of the first
 * plan of a process, and medians of later ones, each with other pods, in all and by their parts.
 */
import { releasePlan } from '../cli/released';
import { shared } from '../clusters/shared';
import { composition } from '../composition/composition';
import { components } from '../constructs/app/components';
import { fleetOf } from '../diff/fleet/fleet-of';
import { stageChecks } from '../diff/stage-checks';
import { targetChange } from '../diff/target-change';
import { prod } from '../environments/prod';
import { autoscaling, disruptionBudgets, networkPolicies, prometheus } from '../features';
import { readSources } from '../manifests/reading/read';
import { because } from '../model/layers';
import { Matrix, target } from '../model/matrix';
import { canary, hold, share, watch } from '../model/release';
import { stagesOf } from '../model/release-stages';
import { course } from '../platform';
import { withSetting } from '../render/explain/counterfactual';
import { planTarget } from '../render/plan';
import { Facts } from '../world/facts';
import { World } from '../world/world';

const STAGES = 8;
const image = (version: string) => `registry.example.com/course/web:${version}`;
const release = canary({
  next: { image: image('2.0.0') },
  steps: [share(10), watch('10m'), share(25), share(50), hold()],
  at: 0,
});

function projectOf(replicas: number) {
  const web = {
    image: because(image('1.0.0'), 'the bench'),
    replicas: because(replicas, 'the bench'),
    release: because(release, 'the bench'),
  };
  const features = [prometheus, autoscaling, networkPolicies, disruptionBudgets];
  return composition({
    ...course,
    matrix: new Matrix(components, target(prod, shared, features, { settings: { web } })),
  });
}

function timed(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The whole plan, as the command makes it. */
function wholePlan(replicas: number): number {
  const project = projectOf(replicas);
  const host = { env: {}, composition: () => project, print: () => {}, printError: () => {} };
  const values = { config: undefined, cluster: undefined, declare: undefined, complete: false, namespace: undefined };
  const words = [project.matrix.targets()[0]!.name, 'web'];
  let stages = 0;
  const seconds = timed(() => {
    stages = releasePlan(project as never, words, values as never, host).stages.length;
  });
  if (stages !== STAGES) throw new Error(`the plan has ${stages} stages, not ${STAGES}`);
  return seconds;
}

/** Its parts, by themselves: the states rendered, and what a stage changes, risks and waits for, from worlds that nobody has asked anything yet. */
function parts(replicas: number): { rendered: number; simulated: number } {
  const project = projectOf(replicas);
  const [one] = project.matrix.targets();
  const states = [
    { release: { way: 'rolling' } as const, image: image('1.0.0') },
    ...stagesOf(release).map((stage) => ({ release: stage.release, image: stage.image ?? image('1.0.0') })),
  ];
  const worlds: World[] = [];
  const rendered = timed(() => {
    for (const state of states) {
      const twin = withSetting(withSetting(one!, 'web.release', state.release as never), 'web.image', state.image);
      const files = planTarget(twin, project.compose(twin)).files.map(({ path, text }) => ({ file: path, text }));
      worlds.push(new World(readSources(files).resources, new Facts([])));
    }
  });
  const simulated = timed(() => {
    for (const [i, after] of worlds.slice(1).entries())
      stageChecks(fleetOf([targetChange(one!.name, worlds[i], after)]), after);
  });
  return { rendered, simulated };
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const first = wholePlan(4);
const later = [5, 6, 7, 8, 9].map((replicas) => ({ whole: wholePlan(replicas), ...parts(replicas + 10) }));
console.log(
  JSON.stringify({
    first,
    whole: median(later.map(({ whole }) => whole)),
    rendered: median(later.map(({ rendered }) => rendered)),
    simulated: median(later.map(({ simulated }) => simulated)),
  }),
);
