import { monitorsOf, namespacesOfMonitor, servicesOfMonitor, workloadsOfMonitor } from '../../world/monitors';
import { all, namesOf, object, the, workload, worldOf } from './support';

const monitor = (spec: string, kind = 'ServiceMonitor', apiVersion = 'monitoring.coreos.com/v1') =>
  object(apiVersion, kind, 'm', `spec: { ${spec} }`);
const service = (name: string, labels: string, namespace = 'shop') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace}, labels: { ${labels} } }, spec: { selector: { app: ${name} } } }`;

test('a monitor is one of the Prometheus operator', () => {
  expect(monitorsOf(worldOf(monitor('')), 'ServiceMonitor')).toHaveLength(1);
  expect(monitorsOf(worldOf(monitor('', 'ServiceMonitor', 'azmonitoring.coreos.com/v1')), 'ServiceMonitor')).toEqual(
    [],
  );
  expect(monitorsOf(worldOf(monitor('')), 'PodMonitor')).toEqual([]);
});

test.each([
  ['', ['shop']],
  ['namespaceSelector: {}', ['shop']],
  ['namespaceSelector: { any: true, matchNames: [a] }', undefined],
  ['namespaceSelector: { any: false }', ['shop']],
  ['namespaceSelector: { matchNames: [a, 1, b] }', ['a', 'b']],
  ['namespaceSelector: { matchNames: [] }', ['shop']],
])('with %s it looks in namespaces %j', (spec, namespaces) => {
  const world = worldOf(monitor(spec));
  expect(namespacesOfMonitor(world, the(world, 'm'))).toEqual(namespaces);
});

describe('a monitor finds', () => {
  const services = all(
    service('one', 'app: a, tier: x'),
    service('two', 'app: a'),
    service('three', 'app: a', 'other'),
    service('four', 'app: b'),
  );
  const found = (spec: string) => {
    const world = worldOf(all(services, monitor(spec)));
    return namesOf(servicesOfMonitor(world, the(world, 'm')));
  };
  test('Services by all of its labels and expressions, where it looks', () => {
    expect(found('selector: { matchLabels: { app: a } }')).toEqual(['one', 'two']);
    expect(found('selector: { matchLabels: { app: a, tier: x } }')).toEqual(['one']);
    expect(
      found('selector: { matchLabels: { app: a }, matchExpressions: [{ key: tier, operator: DoesNotExist }] }'),
    ).toEqual(['two']);
    expect(found('selector: { matchExpressions: [{ key: tier, operator: Exists }] }')).toEqual(['one']);
    expect(found('selector: {}')).toEqual(['one', 'two', 'four']);
    expect(found('selector: { matchLabels: { app: a } }, namespaceSelector: { matchNames: [other] }')).toEqual([
      'three',
    ]);
    expect(found('selector: { matchLabels: { app: a } }, namespaceSelector: { any: true }')).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect(found('selector: {}, namespaceSelector: { any: true }')).toHaveLength(4);
    expect(found('selector: { matchLabels: { app: c } }')).toEqual([]);
  });
  test('workloads by the labels of their pods', () => {
    const world = worldOf(
      all(
        workload({ name: 'one', labels: 'app: a' }),
        workload({ name: 'two', labels: 'app: b' }),
        object(
          'v1',
          'PodTemplate',
          'three',
          'template: { metadata: { labels: { app: a } }, spec: { containers: [] } }',
        ),
        monitor('selector: { matchLabels: { app: a } }', 'PodMonitor'),
      ),
    );
    expect(namesOf(workloadsOfMonitor(world, the(world, 'm')))).toEqual(['one']);
  });
});
