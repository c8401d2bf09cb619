import { namespaceOf } from '../../composition/platform';
import { components } from '../../constructs/app/components';
import { matrix } from '../../environments/matrix';
import type { FeatureContext } from '../../features/feature';
import { features } from '../../features/registry';
import { StrataError } from '../../model/errors';
import type { Target } from '../../model/target';
import { resolveTarget } from '../../model/target';
import { course } from '../../platform';
import type { Goal, Row } from '../../testing/pairwise';
import { coveringRows, pairGoals } from '../../testing/pairwise';
import { podSecurityViolations } from '../support/pod-security';
import { danglingReferences } from '../support/references';
import { composed } from '../support/render';

const named = <T>(things: readonly T[], nameOf: (thing: T) => string) =>
  new Map(things.map((thing) => [nameOf(thing), thing]));
const environments = named(matrix.environments, ({ name }) => name);
const clusters = named(matrix.clusters, ({ name }) => name);
const factories = named(features, ({ name }) => name);
const all = { environments: [...environments.keys()], clusters: [...clusters.keys()], features: [...factories.keys()] };

const resolved = ({ environment, cluster, features: chosen }: Row): Target<FeatureContext> =>
  resolveTarget(
    {
      environment: environments.get(environment)!,
      cluster: clusters.get(cluster)!,
      features: chosen.map((name) => factories.get(name)!),
    },
    components,
    features.map(({ settings }) => settings.name),
  );

/** Whether the model takes a combination. It refuses with its own kind of error; any other is a defect. */
function accepts(row: Row): boolean {
  try {
    resolved(row);
    return true;
  } catch (error) {
    if (error instanceof StrataError && error.fixes.length > 0) return false;
    throw error;
  }
}

const { rows, unmet } = coveringRows(all, pairGoals(all.environments, all.clusters, all.features), accepts);

/** Every set of so many features at most. */
function setsUpTo(size: number, from = all.features): string[][] {
  if (size === 0) return [[]];
  return [[], ...from.flatMap((first, i) => setsUpTo(size - 1, from.slice(i + 1)).map((more) => [first, ...more]))];
}

// What refuses a combination is one feature, or two of them: what one needs of another, or excludes.
test('all combinations of three features, and of all but three, are taken or refused with ways to mend it, on every cluster in every environment', () => {
  const few = setsUpTo(3);
  const sets = [...few, ...few.map((left) => all.features.filter((name) => !left.includes(name)))];
  const verdicts = sets.flatMap((features) =>
    all.environments.flatMap((environment) =>
      all.clusters.map((cluster) => accepts({ environment, cluster, features })),
    ),
  );
  expect(new Set(verdicts)).toEqual(new Set([true, false]));
});

test('every two features go together, and each without the other, on every cluster that can carry them, and every feature in every environment that it is for', () => {
  const cannot: Goal[] = [
    // They bring metrics of their own.
    ...['shared', 'cloud'].map((cluster) => ({ cluster, features: ['metrics-server'] })),
    ...['shared', 'cloud'].map((cluster) => ({ cluster, features: ['prometheus-resource-metrics'] })),
    { cluster: 'kind', features: ['metrics-server', 'prometheus-resource-metrics'] },
    // No namespace there may be privileged.
    ...['shared', 'cloud'].map((cluster) => ({ cluster, features: ['node-exporter'] })),
    // Nobody runs KEDA there.
    ...['kind', 'shared'].map((cluster) => ({ cluster, features: ['work-queue'] })),
    // Nobody runs the Vertical Pod Autoscaler there.
    ...['kind', 'shared'].map((cluster) => ({ cluster, features: ['vertical-autoscaling'] })),
    // What each needs of another one.
    ...all.clusters.map((cluster) => ({ cluster, features: ['prometheus-adapter'], without: 'prometheus' })),
    ...['prometheus', 'prometheus-adapter'].map((without) => ({
      ...{ cluster: 'kind', features: ['prometheus-resource-metrics'] },
      without,
    })),
    // What they exclude.
    { environment: 'prod', features: ['uptime-kuma'] },
    { environment: 'prod', features: ['workload-zoo'] },
    { environment: 'prod', features: ['load-generator'] },
    // It shows what Prometheus keeps.
    ...['kind', 'shared', 'cloud'].map((cluster) => ({ cluster, features: ['grafana'], without: 'prometheus' })),
  ];
  const explained = (goal: Goal) =>
    cannot.some(
      (known) =>
        known.cluster === goal.cluster &&
        known.environment === goal.environment &&
        known.features.every((feature) => goal.features.includes(feature)) &&
        (known.without === undefined || known.without === goal.without),
    );
  expect(unmet.filter((goal) => !explained(goal))).toEqual([]);
  expect(
    cannot.filter(
      (known) =>
        !unmet.some(
          (goal) =>
            known.cluster === goal.cluster &&
            known.environment === goal.environment &&
            known.features.every((feature) => goal.features.includes(feature)),
        ),
    ),
  ).toEqual([]);
});

test.each(rows.map((row) => [`${row.environment}@${row.cluster} with ${row.features.join(', ')}`, row] as const))(
  '%s renders pods that are admitted, and refers to nothing that is not there',
  (_, row) => {
    const target = resolved(row);
    const objects = composed(target);
    expect(danglingReferences(objects, target.cluster)).toEqual(credentialsMadeOutOfBand(target));
    for (const { owner, template } of objects.pods) {
      const level = objects.of('Namespace').find(({ metadata }) => metadata.name === owner.metadata.namespace)?.metadata
        .labels?.['pod-security.kubernetes.io/enforce'];
      // What sees its node is known by name; whatever else a namespace would admit, it must say so here.
      if (owner.metadata.name === 'node-exporter') expect(level).toBe('privileged');
      else expect(podSecurityViolations(template.spec, level === 'baseline' ? 'baseline' : 'restricted')).toEqual([]);
    }
    expect(new Set(objects.names).size).toBe(objects.all.length);
  },
);

/** Where the cluster has no store, a person makes the Secrets that pods mount. */
function credentialsMadeOutOfBand(target: Target<FeatureContext>): unknown[] {
  const { environment, cluster } = target;
  if (environment.ephemeral || cluster.secretStore) return [];
  const namespace = namespaceOf(target, course);
  const has = (feature: string) => target.features.some(({ name }) => name === feature);
  return [
    ['Deployment/web', 'redis-credentials'],
    ['Deployment/exporter', 'redis-credentials'],
    ['StatefulSet/redis', 'redis-credentials'],
    ...(has('alerting') ? [['StatefulSet/alertmanager', 'alertmanager-receivers']] : []),
    ...(has('grafana') ? [['StatefulSet/grafana', 'grafana-admin']] : []),
  ].map(([pod, secret]) =>
    expect.stringMatching(new RegExp(`^${pod!.replace('/', `/${namespace}/`)}: Secret ${secret}-1-[0-9a-f]{10}$`)),
  );
}
