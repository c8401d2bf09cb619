import { filesOf } from '../../adopt/code/project';
import { planOf } from '../../adopt/plan';
import { differencesIn } from '../../adopt/proof';
import type { KubernetesObject } from '../../model/kubernetes';
import { overlay, source } from './built';

/** Code of overlays of one object, each with this spec; the base has the first. */
function codeOf(kind: string, apiVersion: string, base: object, overlays: Readonly<Record<string, object>>) {
  const made = (spec: object): KubernetesObject => ({ apiVersion, kind, metadata: { name: 'web' }, spec });
  const built = Object.entries(overlays).map(([name, spec]) => overlay(name, [made(spec)]));
  const plan = planOf(source(built, { reference: overlay('base', [made(base)]).objects }));
  expect(plan.environments.flatMap((environment) => differencesIn(plan, environment))).toEqual([]);
  return Object.fromEntries(filesOf(plan));
}

const container = (more: object) => ({ initContainers: [{ name: 'migrate', image: 'example.com/web:1.0', ...more }] });
const AFFINITY = { affinity: { podAntiAffinity: { weight: 10 } } };

describe('a field that one overlay unsets and another one changes: the default is what the base says', () => {
  test.each([
    [
      'a number',
      'StatefulSet',
      'apps/v1',
      { replicas: 2 },
      {},
      { replicas: 5 },
      'replicas: whole(2)',
      'replicas: null',
    ],
    [
      'a string of another kind',
      'Service',
      'v1',
      { type: 'ClusterIP', ports: [] },
      { ports: [] },
      { type: 'NodePort', ports: [] },
      "serviceType: text('ClusterIP')",
      'type: null',
    ],
    [
      'a flag of a custom resource',
      'Widget',
      'example.com/v1',
      { isOpen: true },
      {},
      { isOpen: false },
      'isOpen: flag(true)',
      'isOpen: null',
    ],
    [
      'a list of strings',
      'Widget',
      'example.com/v1',
      { hosts: ['a'] },
      {},
      { hosts: ['a', 'b'] },
      "hosts: texts(['a'])",
      'hosts: null',
    ],
    [
      'a value in a map that goes as a whole',
      'Widget',
      'example.com/v1',
      AFFINITY,
      {},
      { affinity: { podAntiAffinity: { weight: 90 } } },
      'weight: whole(10)',
      'affinity: null',
    ],
    [
      'a variable of an init container that goes',
      'Pod',
      'v1',
      container({ env: [{ name: 'MODE', value: 'quiet' }] }),
      container({ env: [] }),
      container({ env: [{ name: 'MODE', value: 'loud' }] }),
      "mode: text('quiet')",
      "env: [{ name: 'MODE', $patch: 'delete' }]",
    ],
    [
      'a container that goes, of which only the tag changes',
      'Pod',
      'v1',
      container({}),
      { initContainers: [] },
      { initContainers: [{ name: 'migrate', image: 'example.com/web:2.0' }] },
      "tag: text('1.0')",
      "initContainers: [{ name: 'migrate', $patch: 'delete' }]",
    ],
  ])('%s', (_, kind, apiVersion, base, dev, prod, setting, patch) => {
    const code = codeOf(kind, apiVersion, base, { dev, prod });
    const part = Object.entries(code).find(([path]) => /^(workloads|shared)\/web\.ts$/.test(path))![1];
    expect(part).toContain(setting);
    expect(code['environments/dev.ts']).toContain(patch);
    expect(code['environments/dev.ts']).not.toContain('settings');
    expect(code['environments/prod.ts']).toContain('because(');
    expect(code['environments/prod.ts']).not.toContain('patch(');
  });

  test('also where all others change it to the same', () => {
    const code = codeOf('Widget', 'example.com/v1', { size: 1 }, { dev: {}, prod: { size: 4 }, stage: { size: 4 } });
    expect(code['shared/web.ts']).toContain('size: whole(1)');
    for (const name of ['prod', 'stage']) expect(code[`environments/${name}.ts`]).toContain('size: because(4,');
  });

  test('and each of two entries that different overlays remove stands where the base has it', () => {
    const env = (...names: string[]) => container({ env: names.map((name) => ({ name, value: name })) });
    const code = codeOf('Pod', 'v1', env('A', 'B'), { dev: env('A'), prod: env('B') });
    expect(code['workloads/web.ts']).toMatch(/name: 'A'[^]*name: 'B'/);
    for (const [name, gone] of [
      ['dev', 'B'],
      ['prod', 'A'],
    ])
      expect(code[`environments/${name}.ts`]).toContain(`env: [{ name: '${gone}', $patch: 'delete' }]`);
  });
});

test('a field that all others leave as it is in the base is no setting', () => {
  const code = codeOf('Widget', 'example.com/v1', { size: 1 }, { dev: {}, prod: { size: 1 } });
  expect(code['shared/web.ts']).toContain('spec: { size: 1 }');
});
