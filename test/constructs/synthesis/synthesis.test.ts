import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { Workload } from '../../../constructs/core/workload';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { namespaceIn, refusal, workloadIn } from '../../support/render';

/** The waves of workloads, each in a component of its own, with these flows. */
function waves(
  names: readonly string[],
  flows: readonly (readonly [from: string, to: string])[],
  last?: string,
): Record<string, number> {
  const app = new App();
  const namespace = namespaceIn(new Component(app, 'ground'));
  const made = new Map<string, Workload>(
    names.map((name) => [
      name,
      workloadIn(new Component(app, name, { last: name === last }), name, {
        namespace,
        container: { ports: { http: 8080 } },
      }),
    ]),
  );
  for (const [from, to] of flows) made.get(from)!.connectsTo(made.get(to)!.port('http'));
  return Object.fromEntries(synthesize(app).map(({ name, wave }) => [name, wave]));
}

test('what has no workloads is the ground, and what needs others comes after them', () => {
  expect(
    waves(
      ['web', 'redis', 'prometheus'],
      [
        ['web', 'redis'],
        ['prometheus', 'web'],
        ['prometheus', 'redis'],
      ],
    ),
  ).toEqual({ ground: 0, redis: 1, web: 2, prometheus: 3 });
});

test('a workload that talks to itself waits for nobody', () => {
  expect(waves(['redis'], [['redis', 'redis']])).toHaveProperty('redis');
});

test('a flow that closes a circle does not count', () => {
  expect(
    waves(
      ['a', 'b', 'c'],
      [
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ],
    ),
  ).toEqual({ ground: 0, c: 1, b: 2, a: 3 });
});

test('what is last comes after all others, whatever it needs', () => {
  expect(waves(['zoo', 'web', 'redis'], [['web', 'redis']], 'zoo')).toEqual({ ground: 0, redis: 1, web: 2, zoo: 3 });
});

test('what a construct finds wrong with itself is an error that names it', () => {
  const app = new App();
  new Component(app, 'shop').node.addValidation({ validate: () => ['it is closed'] });
  expect(refusal(() => synthesize(app)).message).toContain('shop: it is closed');
});

test.each<[string, (app: App) => Construct]>([
  ['a construct', (app) => new Construct(app, 'shop')],
  ['a chart', (app) => new Chart(app, 'shop')],
])('%s that is no component is a mistake of the program', (_, make) => {
  const app = new App();
  make(app);
  expect(() => synthesize(app)).toThrow('shop is no component');
});

test.each(['a/b', '..', '', 'Web', 'a b', 'x'.repeat(64)])(
  'a component called %j is refused: its name becomes a file',
  (name) => {
    expect(refusal(() => new Component(new App(), name)).found).toContain('not a name of lower case letters');
  },
);
