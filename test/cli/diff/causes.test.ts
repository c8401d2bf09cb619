import { withCauses } from '../../../cli/diff/causes';
import type { ComparedPair, ComparedSource } from '../../../cli/diff/compared';
import { idleSettings } from '../../../cli/diff/idle';
import { fleetOf } from '../../../diff/fleet/fleet-of';
import { targetChange } from '../../../diff/target-change';
import { StrataError } from '../../../model/errors';
import { because } from '../../../model/layers';
import type { Target } from '../../../model/target';
import { worldOf } from '../../checks/judging';
import { aCluster, anEnvironment, resolved } from '../../model/support';
import { aComponent, anObject } from '../../render/support';

const ROOT = process.cwd();

interface Pools {
  readonly pools?: Readonly<Record<string, unknown>>;
}

/** A target whose web runs on a pool by a setting; the pools are facts of its cluster. */
function sourceOf(replicas: number, pools: readonly string[]): ComparedSource {
  const target = resolved(
    anEnvironment('prod', { settings: { web: { replicas: because(replicas, 'a reason') } } }),
    aCluster('cloud'),
    [],
  );
  const facts = Object.fromEntries(pools.map((name) => [name, { nodes: 3, cpu: '4' }]));
  const cluster = Object.assign(Object.create(Object.getPrototypeOf(target.cluster) as object), target.cluster, {
    pools: facts,
  });
  const project = {
    root: ROOT,
    // So many replicas as there are pools, or it is refused.
    compose: (one: Target<unknown>) => {
      const own = Object.keys((one.cluster as unknown as Pools).pools ?? {});
      const wanted = (one.settings as { web: { replicas: number } }).web.replicas;
      if (wanted !== own.length)
        throw new StrataError('web.replicas', `is ${wanted} on ${own.length} pools`, ['change it']);
      return [aComponent('web', 1, [anObject('Service', 'web', { on: own.join(' ') })])];
    },
    origins: () => new Map(),
  };
  return { target: { ...target, cluster } as never, project: project as never };
}

test('what cannot be taken back alone is told as the cause, and not as what moves nothing', () => {
  const service = (label: string) =>
    worldOf(`{ apiVersion: v1, kind: Service, metadata: { name: web, labels: { on: '${label}' } } }`);
  const [before, after] = [sourceOf(1, ['general']), sourceOf(2, ['general', 'spot'])];
  const set = (source: ComparedSource, label: string) => ({
    key: 'cloud/prod',
    name: 'prod@cloud',
    world: () => service(label),
    source,
  });
  const pair: ComparedPair = {
    name: 'prod@cloud',
    place: 'prod@cloud',
    before: set(before, 'general'),
    after: set(after, 'general spot'),
  };
  const change = targetChange('prod@cloud', pair.before!.world(), pair.after!.world());
  const fleet = withCauses(fleetOf([change]), [pair]);
  expect(fleet.changes.flatMap(({ causes = [] }) => causes.map(({ text }) => text))).toEqual([
    expect.stringMatching(/^web\.replicas: 1 → 2 \(.*\), without which it cannot be rendered$/),
    expect.stringMatching(
      /^pools\.spot: unset → \{"nodes":3,"cpu":"4"\} \(cluster cloud.*\), without which it cannot be rendered$/,
    ),
  ]);
  expect(idleSettings([pair], fleet.changes)).toEqual([]);
});
