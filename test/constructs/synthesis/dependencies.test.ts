import { ApiObject, App } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import type { Workload } from '../../../constructs/core/workload';
import { Component } from '../../../constructs/synthesis/component';
import { synthesize } from '../../../constructs/synthesis/synthesis';
import { planTarget } from '../../../render/plan';
import { namespaceIn, refusal, workloadIn } from '../../support/render';

const dev = { name: 'dev@kind', environment: { name: 'dev', ephemeral: true } };
const configMap = (scope: Construct, name: string) =>
  new ApiObject(scope, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns' } });

/** The names of all objects in the order in which files and documents are applied. */
const applied = (app: App) => planTarget(dev, synthesize(app)).objects.map(({ name }) => name);
const wavesIn = (app: App) => Object.fromEntries(synthesize(app).map(({ name, wave }) => [name, wave]));

/** Whether all of `order` stand in this order among the others. */
function expectOrder(names: readonly string[], ...order: readonly string[]): void {
  expect(names.filter((name) => order.includes(name))).toEqual(order);
}

describe('inside a component', () => {
  test('an object comes after the one that it depends on, against the order of names', () => {
    const app = new App();
    const shop = new Component(app, 'shop');
    configMap(shop, 'a').addDependency(configMap(shop, 'z'));
    expect(applied(app)).toEqual(['z', 'a']);
  });

  test('and against the order of kinds', () => {
    const app = new App();
    const shop = new Component(app, 'shop');
    const job = new ApiObject(shop, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'job', namespace: 'ns' },
    });
    configMap(shop, 'a').node.addDependency(job);
    expect(applied(app)).toEqual(['job', 'a']);
  });

  test('everything in a construct comes after everything in the one that it depends on', () => {
    const app = new App();
    const shop = new Component(app, 'shop');
    const [early, late] = [new Construct(shop, 'early'), new Construct(shop, 'late')];
    for (const name of ['a', 'b']) configMap(new Construct(late, name), name);
    for (const name of ['y', 'z']) configMap(early, name);
    late.node.addDependency(early);
    expect(applied(app)).toEqual(['y', 'z', 'a', 'b']);
  });

  test('a construct that holds no object hands on what it depends on', () => {
    const app = new App();
    const shop = new Component(app, 'shop');
    const step = new Construct(shop, 'step');
    step.node.addDependency(configMap(shop, 'z'));
    configMap(shop, 'a').node.addDependency(step);
    expect(applied(app)).toEqual(['z', 'a']);
  });

  const count = 6;
  const pairs = fc.array(
    fc.tuple(fc.nat({ max: count - 1 }), fc.nat({ max: count - 1 })).filter(([a, b]) => a !== b),
    {
      maxLength: 8,
    },
  );
  /** Objects, two and two in a construct, that depend on each other or on the constructs. */
  function made(dependencies: readonly (readonly [number, number])[], onConstructs: boolean) {
    const app = new App();
    const shop = new Component(app, 'shop');
    const homes = [0, 1, 2].map((i) => new Construct(shop, `home-${i}`));
    const objects = Array.from({ length: count }, (_, i) => configMap(homes[i % 3]!, `object-${i}`));
    for (const [of, to] of dependencies)
      objects[of]!.addDependency(onConstructs && of % 3 !== to % 3 ? homes[to % 3]! : objects[to]!);
    return { app, shop };
  }

  test('what stock says is a circle is one, and else no object stands before one that stock puts before it for a dependency', () => {
    fc.assert(
      fc.property(pairs, fc.boolean(), (dependencies, onConstructs) => {
        const ours = made(dependencies, onConstructs);
        const stock = made(dependencies, onConstructs);
        let isCircle = false;
        try {
          stock.app.synthYaml();
        } catch (error) {
          expect(String(error)).toContain('cycle');
          isCircle = true;
        }
        if (isCircle) {
          expect(refusal(() => applied(ours.app)).found).toMatch(/circle: shop\/home-\d\/object-\d → /);
          return;
        }
        const names = applied(ours.app);
        // Stock has made every dependency one between two objects by now.
        for (const object of stock.shop.node.findAll().filter((node) => ApiObject.isApiObject(node)))
          for (const other of object.node.dependencies.filter((node) => ApiObject.isApiObject(node)))
            expectOrder(names, other.node.id, object.node.id);
      }),
      { numRuns: 200 },
    );
  });

  test('a circle is named', () => {
    const app = new App();
    const shop = new Component(app, 'shop');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => configMap(shop, name));
    a!.addDependency(b!);
    b!.addDependency(c!);
    c!.addDependency(a!);
    const error = refusal(() => synthesize(app));
    expect(error.place).toBe('shop/a');
    expect(error.found).toBe('depends on itself in a circle: shop/a → shop/b → shop/c → shop/a');
    expect(error.fixes).toHaveLength(2);
  });
});

describe('between components', () => {
  function three() {
    const app = new App();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new Component(app, name));
    for (const [i, component] of [a!, b!, c!].entries()) configMap(component, `object-${i}`);
    return { app, a: a!, b: b!, c: c! };
  }

  test('a dependency raises the wave', () => {
    const { app, a, b, c } = three();
    a.node.addDependency(b);
    (b.node.findChild('object-1') as ApiObject).addDependency(c.node.findChild('object-2'));
    expect(wavesIn(app)).toEqual({ a: 2, b: 1, c: 0 });
    expect(applied(app)).toEqual(['object-2', 'object-1', 'object-0']);
  });

  test('what connects to one with a raised wave is raised with it', () => {
    const app = new App();
    const ground = new Component(app, 'ground');
    const namespace = namespaceIn(ground);
    const made = ['web', 'redis', 'operator'].map((name): [string, Workload] => {
      const component = new Component(app, name);
      return [name, workloadIn(component, name, { namespace, container: { ports: { http: 8080 } } })];
    });
    const [web, redis, operator] = made.map(([, workload]) => workload);
    web!.connectsTo(redis!.port('http'));
    redis!.node.addDependency(operator!);
    expect(wavesIn(app)).toEqual({ ground: 0, operator: 1, redis: 2, web: 3 });
  });

  test('a dependency outweighs a flow that closes a circle with it, whatever came first', () => {
    for (const swapped of [false, true]) {
      const app = new App();
      const namespace = namespaceIn(new Component(app, 'ground'));
      const names = swapped ? ['b', 'a'] : ['a', 'b'];
      const made = new Map(
        names.map((name) => [
          name,
          workloadIn(new Component(app, name), name, { namespace, container: { ports: { http: 8080 } } }),
        ]),
      );
      made.get('a')!.connectsTo(made.get('b')!.port('http'));
      made.get('b')!.node.addDependency(made.get('a')!);
      expect(wavesIn(app)).toEqual({ ground: 0, a: 1, b: 2 });
    }
  });

  test('a circle is named, with the constructs that make it', () => {
    const { app, a, b } = three();
    a.node.addDependency(b.node.findChild('object-1'));
    (b.node.findChild('object-1') as ApiObject).addDependency(a);
    const error = refusal(() => synthesize(app));
    expect(error.place).toBe('a and b');
    expect(error.found).toContain('a waits for b (a depends on b/object-1)');
    expect(error.found).toContain('b waits for a (b/object-1 depends on a)');
    expect(error.fixes).toHaveLength(2);
  });

  test('none can wait for one that comes last', () => {
    const app = new App();
    const [first, last] = [new Component(app, 'first'), new Component(app, 'last', { last: true })];
    first.node.addDependency(last);
    expect(refusal(() => synthesize(app)).found).toContain('last waits for first (comes last)');
  });

  test('what is in no component of the target cannot be waited for', () => {
    const { a, app } = three();
    a.node.addDependency(three().b);
    expect(refusal(() => synthesize(app)).found).toBe('depends on b, which is in no component of its target');
    const whole = three();
    whole.a.node.addDependency(whole.app);
    expect(refusal(() => synthesize(whole.app)).found).toBe(
      'depends on the app, which is in no component of its target',
    );
  });

  const names = ['a', 'b', 'c', 'd', 'e'];
  const edges = fc.array(
    fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })).filter(([of, to]) => of > to),
    { maxLength: 6 },
  );
  test('all dependencies hold whatever flows there are, and all flows that close no circle', () => {
    fc.assert(
      fc.property(
        edges,
        fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 })), { maxLength: 6 }),
        (strict, flows) => {
          const app = new App();
          const namespace = namespaceIn(new Component(app, 'ground'));
          const made = names.map((name) =>
            workloadIn(new Component(app, name), name, { namespace, container: { ports: { http: 8080 } } }),
          );
          for (const [of, to] of strict) made[of]!.node.addDependency(made[to]!);
          for (const [of, to] of flows) made[of]!.connectsTo(made[to]!.port('http'));
          const waves = wavesIn(app);
          const waveOf = (i: number) => waves[names[i]!]!;
          for (const [of, to] of strict) expect(waveOf(of)).toBeGreaterThan(waveOf(to));
          const reaches = (from: number, to: number, seen = new Set<number>()): boolean =>
            from === to ||
            [...strict, ...flows].some(([a, b]) => a === from && !seen.has(b) && reaches(b, to, new Set([...seen, b])));
          for (const [of, to] of flows) if (!reaches(to, of)) expect(waveOf(of)).toBeGreaterThan(waveOf(to));
        },
      ),
    );
  });
});

test('a component with the definition of a kind and an object of it renders both, the definition first', () => {
  const app = new App();
  const shop = new Component(app, 'shop');
  new ApiObject(shop, 'order', {
    apiVersion: 'shop.example.com/v1',
    kind: 'Order',
    metadata: { name: 'order', namespace: 'ns' },
  });
  new ApiObject(shop, 'definition', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'orders.shop.example.com' },
    spec: { group: 'shop.example.com', scope: 'Namespaced', names: { kind: 'Order', plural: 'orders' }, versions: [] },
  });
  const { files, objects } = planTarget(dev, synthesize(app));
  expect(files.map(({ path }) => path)).toEqual(['0-crds.yaml', '00-shop.yaml']);
  expect(objects.map(({ kind }) => kind)).toEqual(['CustomResourceDefinition', 'Order']);
});
