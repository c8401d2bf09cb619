import { kind } from '../../clusters/kind';
import { autoscaling, prometheus, zoneSpread } from '../../features';
import { feature } from '../../features/feature';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import type { Layer } from '../../model/layers';
import { because } from '../../model/layers';
import type { Placement } from '../../model/placement';
import { onPool } from '../../model/placement-check';
import type { Bytes, Cpu, Duration } from '../../model/quantity';

/**
 * What must not compile. `tsc` proves it (`npm run types`): a line that compiles after all is an error there. The functions are
 * never called.
 */
const doesNotCompile = (...lines: readonly (() => unknown)[]) => expect(lines.length).toBeGreaterThan(0);

test('a wrong unit does not compile', () => {
  doesNotCompile(
    // @ts-expect-error: decimal units are not Kubernetes' binary ones
    (): Bytes => '64MB',
    // @ts-expect-error: a size has a unit
    (): Bytes => '64',
    // @ts-expect-error: a size is written, not counted
    (): Bytes => 64,
    // @ts-expect-error: 'm' is the only unit of CPU
    (): Cpu => '2cores',
    // @ts-expect-error: not in words
    (): Duration => '5 minutes',
    // @ts-expect-error: Prometheus' own settings begin at seconds
    (): Duration => '500ms',
    // @ts-expect-error: the version has no v
    (): KubernetesVersion => 'v1.35',
  );
  const right: [Bytes, Cpu, Cpu, Duration, KubernetesVersion] = ['64Mi', '250m', '0.5', '15d', '1.35'];
  expect(right).toHaveLength(5);
});

test('a wrong name or type in a layer does not compile', () => {
  const reason = 'a reason';
  doesNotCompile(
    // @ts-expect-error: no such component
    (): Layer => ({ wbe: { replicas: because(3, reason) } }),
    // @ts-expect-error: no such field
    (): Layer => ({ web: { replica: because(3, reason) } }),
    // @ts-expect-error: a number is no text
    (): Layer => ({ web: { replicas: because('3', reason) } }),
    // @ts-expect-error: every difference has its reason
    (): Layer => ({ web: { replicas: 3 } }),
    // @ts-expect-error: a reason is not left out
    () => because(3),
    (): Layer => ({
      // @ts-expect-error: no such way to flush
      redis: { persistence: because({ mode: 'append-only', fsync: 'sometimes', size: '1Gi' }, reason) },
    }),
    // @ts-expect-error: snapshots have no fsync, and say how often
    (): Layer => ({ redis: { persistence: because({ mode: 'snapshots', fsync: 'always', size: '1Gi' }, reason) } }),
    // @ts-expect-error: no such unit deep in a value
    (): Layer => ({ web: { resources: because({ cpu: '1', memory: '64MB' }, reason) } }),
    // @ts-expect-error: no such way in
    (): Layer => ({ route: { through: because('loadbalancer', reason) } }),
  );
});

test('a wrong pool, label form or effect does not compile', () => {
  doesNotCompile(
    // @ts-expect-error: kind has no such pool
    () => onPool(kind, 'bacth'),
    // @ts-expect-error: no such effect
    (): Placement => ({ tolerates: [{ key: 'workload', effect: 'NoScheduling' }] }),
    // @ts-expect-error: a preference has a weight
    (): Placement => ({ prefers: [{ label: ['pool', 'batch'] }] }),
    // @ts-expect-error: apart over nodes or zones
    (): Placement => ({ apart: { over: 'rack', strength: 'required' } }),
  );
});

test('a wrong option, capability or default of a feature does not compile', () => {
  doesNotCompile(
    // @ts-expect-error: no such option
    () => prometheus({ retentoin: '2d' }),
    // @ts-expect-error: no such unit
    () => prometheus({ volume: '10GB' }),
    // @ts-expect-error: a number
    () => autoscaling({ max: '4' }),
    // @ts-expect-error: no such strength
    () => zoneSpread({ strength: 'strict' }),
    // @ts-expect-error: no such capability
    () => feature('x', { summary: 'x', defaults: {}, needs: ['resource-metric'] }),
    // @ts-expect-error: no such capability
    () => feature('x', { summary: 'x', defaults: {}, provides: ['metrics'] }),
  );
});
