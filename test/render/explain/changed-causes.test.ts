import { because } from '../../../model/layers';
import { patch } from '../../../model/patch';
import type { Target } from '../../../model/target';
import { undoneCauses } from '../../../render/explain/changed-causes';
import { aCluster, aFeature, anEnvironment, resolved } from '../../model/support';
import { aComponent, anObject } from '../support';

const targetWith = (replicas: number, features: readonly string[]) =>
  resolved(
    anEnvironment('dev', { settings: { web: { replicas: because(replicas, 'a reason') } } }),
    aCluster('cloud'),
    features.map((name) => aFeature(name)),
  );

/** Each feature makes an object of its name, and each patch one of what it patches. */
const compose = ({ features, patches }: Target<unknown>) => [
  aComponent('web', 1, [
    ...features.map(({ name }) => anObject('Service', name)),
    ...patches.map(({ object }) => anObject('Service', object.replace('/', '-').toLowerCase())),
  ]),
];

/** `setting before: a b`: what is undone on which side, and what is then there. */
function told(before: Target<unknown>, after: Target<unknown>): string[] {
  const undone = undoneCauses({ target: before, compose }, { target: after, compose });
  return undone.map(({ cause, side, objects }) => {
    const does = 'does' in cause ? cause.does : [cause.after.path].flat().join('.');
    return `${cause.kind} ${does}, ${side}: ${[...(objects()?.values() ?? [])].map(({ metadata }) => metadata.name).join(' ')}`;
  });
}

test('a setting is undone in the target as it is', () => {
  expect(told(targetWith(1, ['a']), targetWith(2, ['a']))).toEqual(['setting web.replicas, after: a']);
  expect(told(targetWith(1, ['a']), targetWith(1, ['a']))).toEqual([]);
});

test('what came is left out of the target as it is, and what went out of the target as it was', () => {
  expect(told(targetWith(1, ['a', 'b']), targetWith(1, ['b', 'c']))).toEqual([
    'feature added, after: b',
    'feature removed, before: b',
  ]);
});

test('a fact of the cluster or the environment is undone alone, as deep as it is one thing; names, settings and places are none', () => {
  const { cluster, environment } = targetWith(1, []);
  const withFacts = (facts: object, of: object) => ({
    ...targetWith(1, []),
    cluster: Object.defineProperty({ ...cluster, ...facts }, 'at', { value: new Error(), enumerable: false }),
    environment: { ...environment, ...of },
  });
  const facts = ({ cluster: { domain, ingress, network } }: Target<unknown>) => [
    aComponent('web', 1, [
      anObject('Service', `${domain}-${JSON.stringify([ingress ?? 0, network.enforcesPolicies])}`),
    ]),
  ];
  const before = withFacts({ domain: 'a', network: { plugin: 'calico', enforcesPolicies: true } }, { ephemeral: true });
  const after = withFacts(
    {
      name: 'other',
      settings: {},
      domain: 'b',
      network: { plugin: 'calico', enforcesPolicies: false },
      ingress: { className: 'x' },
    },
    { ephemeral: false },
  );
  const told = undoneCauses({ target: before, compose: facts }, { target: after, compose: facts }).map(
    ({ cause, side, objects }) => {
      if (cause.kind !== 'fact') throw new Error(cause.kind);
      const [{ metadata }] = objects()!.values() as unknown as [{ metadata: { name: string } }];
      return `${cause.after.of} ${cause.after.path.join('.')} ${side}: ${metadata.name}`;
    },
  );
  expect(told).toEqual([
    'cluster domain after: a-[{"className":"x"},false]',
    'cluster network.enforcesPolicies after: b-[{"className":"x"},true]',
    'environment ephemeral after: b-[{"className":"x"},false]',
    'cluster ingress after: b-[0,false]',
  ]);
});

test('a patch is the same one on another line, and another one with another value', () => {
  const patched = (paused: boolean) => ({
    ...targetWith(1, ['a']),
    patches: [patch('Deployment/web', { spec: { paused } }, 'a reason')],
  });
  expect(
    told(patched(true), { ...patched(true), patches: [{ ...patched(true).patches[0]!, at: new Error() }] }),
  ).toEqual([]);
  expect(told(patched(true), patched(false))).toEqual(['patch added, after: a', 'patch removed, before: a']);
});

test('a fact that one side alone has comes and goes as one, with all that is in it', () => {
  const of = (pools: object): Target<unknown> => {
    const target = targetWith(1, []);
    return { ...target, cluster: { ...target.cluster, pools } as never };
  };
  const general = { nodes: 3, cpu: '4' };
  const facts = (before: object, after: object) =>
    undoneCauses({ target: of(before), compose }, { target: of(after), compose }).map(({ cause, target }) => {
      if (cause.kind !== 'fact') throw new Error(cause.kind);
      const { pools } = target.cluster as unknown as { readonly pools: object };
      return [cause.after.path.join('.'), cause.before.value, cause.after.value, pools];
    });
  const spot = { nodes: 2, labels: { team: 'a' } };
  expect(facts({ general }, { general, spot })).toEqual([['pools.spot', undefined, spot, { general }]]);
  expect(facts({ general, spot }, { general })).toEqual([['pools.spot', spot, undefined, { general, spot }]]);
  expect(facts({ general }, { general: { ...general, nodes: 5 } })).toEqual([
    ['pools.general.nodes', 3, 5, { general }],
  ]);
});
