import { customKind, customKinds } from '../../world/custom-kinds';
import { all, object, the, worldOf } from './support';

const version = (name: string, more = '') => `{ name: ${name}, schema: { openAPIV3Schema: { type: object } }${more} }`;
const crd = (versions: string, { group = 'example.com', kind = 'Thing', scope = 'Namespaced' } = {}) =>
  `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: ${kind.toLowerCase()}s.${group} }, spec: { group: ${group}, scope: ${scope}, names: { kind: ${kind} }, versions: [${versions}] } }`;

describe('a CustomResourceDefinition', () => {
  test('makes a kind of each version; the served ones are listed', () => {
    const { kinds, versions, complete } = customKinds(
      worldOf(crd(`${version('v1')}, ${version('v2', ', served: false')}`)),
    );
    expect(kinds.get('example.com/v1 Thing')).toMatchObject({
      namespaced: true,
      served: true,
      schema: { type: 'object' },
      certain: true,
    });
    expect(kinds.get('example.com/v2 Thing')).toMatchObject({ served: false });
    expect(versions.get('example.com Thing')).toEqual(['v1']);
    expect(complete).toBe(false);
  });
  test('may make a kind of the cluster', () =>
    expect(
      customKinds(worldOf(crd(version('v1'), { scope: 'Cluster' }))).kinds.get('example.com/v1 Thing')?.namespaced,
    ).toBe(false));
  test('counts where it is judged, declared or a fact, in this order; facts are complete', () => {
    const of = (manifests: string, options: Parameters<typeof worldOf>[1]) => {
      const { versions, complete } = customKinds(worldOf(manifests, options));
      return [versions.get('example.com Thing'), complete];
    };
    const [one, two, three] = ['v1', 'v2', 'v3'].map((name) => crd(version(name)));
    expect(of('', { declared: one! })).toEqual([['v1'], false]);
    expect(of('', { facts: one! })).toEqual([['v1'], true]);
    expect(of(one!, { declared: two!, facts: three! })).toEqual([['v1'], true]);
    expect(of('', { declared: two!, facts: three! })).toEqual([['v2'], true]);
    // One without a schema says only that the kind is there: it tells less than another one.
    const bare = crd('{ name: v1 }');
    const known = (manifests: string, options: Parameters<typeof worldOf>[1]) =>
      customKinds(worldOf(manifests, options)).kinds.get('example.com/v1 Thing')?.schema !== undefined;
    expect(known('', { declared: one!, facts: bare })).toBe(true);
    expect(known('', { declared: bare, facts: one! })).toBe(true);
    expect(known(bare, { declared: one! })).toBe(true);
    expect(known('', { declared: bare })).toBe(false);
    const other =
      '{ apiVersion: v1, kind: ConfigMap, metadata: { name: c, namespace: shop }, spec: { group: example.com, names: { kind: Thing } } }';
    expect(of('', { declared: other })).toEqual([undefined, false]);
  });
});

test('a CustomResourceDefinition that says nothing makes no kind', () => {
  const empty = '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a }';
  for (const rest of ['}', ', spec: {} }', ', spec: { versions: [text] } }'])
    expect(customKinds(worldOf(empty + rest)).versions.get('example.com Thing')).toBeUndefined();
});

describe('the kind of an object', () => {
  const kindOf = (apiVersion: string, kind: string, ...more: string[]) => {
    const world = worldOf(all(object(apiVersion, kind, 'x'), ...more));
    return customKind(world, the(world, 'x'));
  };
  const monitor = { group: 'monitoring.coreos.com', kind: 'ServiceMonitor' };
  test('is that of its definition', () => {
    expect(kindOf('example.com/v1', 'Thing', crd(version('v1')))).toMatchObject({ certain: true });
    expect(kindOf('example.com/v1', 'Thing')).toBeUndefined();
    expect(kindOf('example.com/v2', 'Thing', crd(version('v1')))).toBeUndefined();
  });
  test('is that of the add-on where no definition is here, or none with a schema', () => {
    expect(kindOf('monitoring.coreos.com/v1', 'ServiceMonitor')).toMatchObject({
      namespaced: true,
      served: true,
      certain: false,
    });
    expect(
      kindOf('monitoring.coreos.com/v1', 'ServiceMonitor', crd('{ name: v1, served: false }', monitor)),
    ).toMatchObject({
      served: false,
      certain: false,
    });
    expect(kindOf('monitoring.coreos.com/v1', 'ServiceMonitor', crd(version('v1'), monitor))).toMatchObject({
      certain: true,
    });
    // The definition that is here has other versions.
    expect(kindOf('monitoring.coreos.com/v1', 'ServiceMonitor', crd(version('v2'), monitor))).toBeUndefined();
  });
  test('without a schema is known to be there, and no more', () =>
    expect(kindOf('example.com/v1', 'Thing', crd('{ name: v1 }'))).toMatchObject({ schema: undefined, certain: true }));
});
