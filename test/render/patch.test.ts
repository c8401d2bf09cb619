import fc from 'fast-check';
import { cloud } from '../../clusters/cloud';
import { components } from '../../constructs/app/components';
import { prod } from '../../environments/prod';
import type { Component, KubernetesObject } from '../../model/kubernetes';
import { LIST_KEYS, merged } from '../../model/merge';
import { patch, patchEach } from '../../model/patch';
import { environment, resolveTarget } from '../../model/target';
import { patched } from '../../render/patch';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { refusal } from '../model/support';
import { composed } from '../support/render';

const why = 'debuggers attach to it';
const web: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'web',
            image: 'web:1',
            env: [{ name: 'A', value: '1' }],
            ports: [{ containerPort: 80, name: 'http' }],
          },
          { name: 'log', image: 'log:1', args: ['-a', '-b'] },
        ],
        nodeSelector: { pool: 'general' },
      },
    },
  },
};
const config: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web-config-0123456789', namespace: 'shop', annotations: { 'strata/config-of': 'web-config' } },
  data: { A: '1' },
};
const job: KubernetesObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'batch-0123456789', namespace: 'shop' },
  spec: {},
};
const blocks: readonly Component[] = [
  { name: 'config', wave: 0, objects: [config] },
  { name: 'web', wave: 1, objects: [web, job] },
];
const apply = (...patches: ReturnType<typeof patch>[]) => patched({ name: 'dev@kind', patches }, blocks);
const patchedWeb = (change: Parameters<typeof patch<'Deployment/web'>>[1]) =>
  apply(patch('Deployment/web', change, why))[1]!.objects[0] as unknown as {
    spec: { template: { spec: Record<string, unknown> } };
  };

describe('a patch', () => {
  test('changes the fields that it names, and nothing else', () => {
    const { spec } = patchedWeb({ spec: { template: { spec: { shareProcessNamespace: true } } } });
    expect(spec.template.spec).toEqual({
      ...(web['spec'] as typeof spec).template.spec,
      shareProcessNamespace: true,
    });
    expect(apply(patch('Deployment/web', { spec: { paused: true } }, why))[0]).toBe(blocks[0]);
  });

  test("finds entries of lists by Kubernetes' own keys, and leaves the others", () => {
    const containers = patchedWeb({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'log', image: 'log:2' },
              { name: 'web', env: [{ name: 'B', value: '2' }], ports: [{ containerPort: 80, hostPort: 8080 }] },
            ],
          },
        },
      },
    }).spec.template.spec['containers'];
    expect(containers).toEqual([
      {
        name: 'web',
        image: 'web:1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
        ports: [{ containerPort: 80, name: 'http', hostPort: 8080 }],
      },
      { name: 'log', image: 'log:2', args: ['-a', '-b'] },
    ]);
  });

  test('replaces lists without keys whole, and adds entries that are not there', () => {
    const containers = patchedWeb({
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'log', args: ['-c'] },
              { name: 'new', image: 'new:1' },
            ],
          },
        },
      },
    }).spec.template.spec['containers'] as { name: string; args?: string[] }[];
    expect(containers.map(({ name }) => name)).toEqual(['web', 'log', 'new']);
    expect(containers[1]!.args).toEqual(['-c']);
  });

  test('removes a field by null, and an entry by $patch', () => {
    const pod = patchedWeb({
      spec: { template: { spec: { nodeSelector: null, containers: [{ name: 'log', $patch: 'delete' }] } } },
    }).spec.template.spec;
    expect(pod).not.toHaveProperty('nodeSelector');
    expect((pod['containers'] as object[]).length).toBe(1);
  });

  test('finds a hashed object by its name without the hash, and any object by its namespace', () => {
    const labels = { metadata: { labels: { team: 'shop' } } };
    expect(apply(patch('ConfigMap/web-config', labels, why))[0]!.objects[0]!.metadata.labels).toEqual({ team: 'shop' });
    expect(apply(patch('Deployment/shop/web', labels, why))[1]!.objects[0]!.metadata.labels).toEqual({
      app: 'web',
      team: 'shop',
    });
  });

  test('of several objects is a patch of each', () => {
    const patches = patchEach(['Deployment/web', 'Job/batch'], { metadata: { labels: { team: 'shop' } } }, why);
    const objects = patched({ name: 'dev@kind', patches }, blocks).flatMap((block) => block.objects);
    expect(objects.filter(({ metadata }) => metadata.labels?.['team'] === 'shop').map(({ kind }) => kind)).toEqual([
      'Deployment',
      'Job',
    ]);
    expect(patches.map(({ reason }) => reason)).toEqual([why, why]);
  });

  describe("finds what Kustomize's generators name", () => {
    const generated = (kind: 'ConfigMap' | 'Secret', name: string, namespace = 'shop'): KubernetesObject => ({
      ...{ apiVersion: 'v1', kind, metadata: { name, namespace }, data: {} },
    });
    const owners = (name: string, ...objects: readonly KubernetesObject[]) =>
      patched(
        {
          name: 'dev@kind',
          patches: [patch(name as 'ConfigMap/env', { metadata: { labels: { team: 'shop' } } }, why)],
        },
        [{ name: 'config', wave: 0, objects }],
      )[0]!.objects.flatMap(({ metadata }) => (metadata.labels ? [`${metadata.namespace}/${metadata.name}`] : []));
    const [one, other] = ['env-2456789bcd', 'env-fghkmt2456'];

    test.each(['ConfigMap', 'Secret'] as const)('without the hash of the content of a %s', (kind) =>
      expect(owners(`${kind}/env`, generated(kind, one), generated(kind, 'other'))).toEqual([`shop/${one}`]),
    );
    test('by the namespace where two are called so', () =>
      expect(owners('ConfigMap/shop/env', generated('ConfigMap', one, 'bank'), generated('ConfigMap', one))).toEqual([
        `shop/${one}`,
      ]));
    test('but not in place of what is called so without any hash', () =>
      expect(owners('ConfigMap/env', generated('ConfigMap', one), generated('ConfigMap', 'env'))).toEqual([
        'shop/env',
      ]));
    test('and refuses a name that two have', () =>
      expect(() => owners('ConfigMap/env', generated('ConfigMap', one), generated('ConfigMap', other))).toThrow(
        /means 2 objects/,
      ));
    test('but takes nothing off names that end in something else', () =>
      expect(() => owners('ConfigMap/env', generated('ConfigMap', 'env-production'))).toThrow(/no such object/));
  });

  test('finds a hashed object by its base name with the namespace, too', () => {
    const labels = { metadata: { labels: { team: 'shop' } } };
    expect(apply(patch('ConfigMap/shop/web-config', labels, why))[0]!.objects[0]!.metadata.labels).toEqual({
      team: 'shop',
    });
  });

  test('comes after the one that is declared before it', () => {
    const image = (image: string) => ({ spec: { template: { spec: { containers: [{ name: 'web', image }] } } } });
    const [, { objects }] = apply(
      patch('Deployment/web', image('web:2'), why),
      patch('Deployment/web', image('web:3'), why),
    ) as [Component, Component];
    expect(JSON.stringify(objects[0])).toContain('web:3');
  });
});

describe('ports, whose protocol has a default', () => {
  const ports = (own: object[], change: object[]) =>
    merged('t', { ports: own }, { ports: change }) as { ports: object[] };

  test('are the same with TCP and without', () => {
    expect(ports([{ containerPort: 80 }], [{ containerPort: 80, protocol: 'TCP', name: 'http' }]).ports).toHaveLength(
      1,
    );
    expect(
      ports(
        [
          { containerPort: 53, protocol: 'UDP' },
          { containerPort: 53, protocol: 'TCP' },
        ],
        [{ containerPort: 53, name: 'dns' }],
      ).ports,
    ).toEqual([
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP', name: 'dns' },
    ]);
  });
});

describe('a patch is refused', () => {
  const inPod = (spec: object) => () =>
    patchedWeb({ spec: { template: { spec } } } as Parameters<typeof patchedWeb>[0]);
  test.each<[string, () => unknown, RegExp]>([
    [
      'whose entry does not say which one it changes',
      inPod({ containers: [{ image: 'x:1' }] }),
      /an entry of spec\.template\.spec\.containers has no name/,
    ],
    [
      'with $patch in a list without keys',
      inPod({ tolerations: [{ key: 'a', $patch: 'delete' }] }),
      /\$patch has no meaning here/,
    ],
    ['with $patch on fields', inPod({ securityContext: { $patch: 'delete' } }), /\$patch has no meaning here/],
    [
      'with another $patch than delete',
      inPod({ containers: [{ name: 'web', $patch: 'replace' }] }),
      /\$patch has no meaning here/,
    ],
    ['with a null in a list', inPod({ containers: [{ name: 'log', args: ['a', null] }] }), /args\[1\] is null/],
    ['that replaces fields by a word', inPod({ nodeSelector: 'fast' }), /replaces the fields of/],
    ['that removes the metadata', () => apply(patch('Deployment/web', { metadata: null }, why)), /changes metadata/],
    [
      'of the sync wave, which would be overwritten',
      () => apply(patch('Deployment/web', { metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '9' } } }, why)),
      /sync-wave: it follows from the flows/,
    ],
    [
      'of what keeps earlier versions',
      () => apply(patch('ConfigMap/web-config', { metadata: { annotations: null } }, why)),
      /changes metadata\.annotations: /,
    ],
    [
      "of a Job's completions",
      () => apply(patch('Job/batch', { spec: { completions: 7 } }, why)),
      /spec\.completions: the name of the Job is the hash/,
    ],
    [
      "of a Deployment's selector",
      () => apply(patch('Deployment/web', { spec: { selector: { matchLabels: { a: 'b' } } } }, why)),
      /spec\.selector: the API server refuses/,
    ],
    ['of nothing', () => patch('Deployment/web', null as unknown as object, why), /not a map of fields/],
    ['of no field', () => patch('Deployment/web', {}, why), /not a map of fields/],
  ])('%s', (_, act, found) => {
    expect(refusal(act).message).toMatch(found);
  });
});

describe('an entry that is not there is added only where that is meant:', () => {
  const inPod = (spec: object) => () =>
    patchedWeb({ spec: { template: { spec } } } as Parameters<typeof patchedWeb>[0]);
  test.each<[string, object, RegExp, string]>([
    [
      'a container',
      { containers: [{ name: 'wbe', args: ['-v'] }] },
      /adds .*containers\[wbe\], beside web/,
      "write name: 'web' to change that one",
    ],
    [
      'a whole container',
      { containers: [{ name: 'wbe', image: 'web:2' }] },
      /adds .*containers\[wbe\]/,
      "write name: 'web' to change that one",
    ],
    [
      'a container without an image',
      { containers: [{ name: 'sidecar', args: ['-v'] }] },
      /containers\[sidecar\], which is not there \(there are: web, log\), and has no image/,
      'name the name of one that is there',
    ],
    [
      'an init container where there is none',
      { initContainers: [{ name: 'migrate', args: ['up'] }] },
      /initContainers\[migrate\], which is not there, and has no image/,
      'name the name of one that is there',
    ],
    [
      'a variable without a value',
      { containers: [{ name: 'web', env: [{ name: 'B' }] }] },
      /env\[B\], which is not there \(there are: A\), and has no value or valueFrom/,
      "write name: 'A'",
    ],
    [
      'a volume of nothing',
      { volumes: [{ name: 'data' }] },
      /volumes\[data\], which is not there, and has nothing else/,
      'name the name of one that is there',
    ],
    [
      'a mount of nothing',
      { containers: [{ name: 'log', volumeMounts: [{ mountPath: '/data', readOnly: true }] }] },
      /volumeMounts\[\/data\], which is not there, and has no name/,
      'name the mountPath of one that is there',
    ],
    [
      'a name of hosts without them',
      { hostAliases: [{ ip: '10.0.0.1' }] },
      /hostAliases\[10\.0\.0\.1\], which is not there, and has no hostnames/,
      'name the ip of one that is there',
    ],
  ])('%s', (_, spec, found, fix) => {
    const error = refusal(inPod(spec));
    expect(error.message).toMatch(found);
    expect(error.fixes[0]).toBe(fix);
  });
  test('a misspelt variable, though it has a value', () => {
    const own = { env: [{ name: 'REDIS_HOST', value: 'a' }] };
    const act = (name: string) => merged('t', own, { env: [{ name, value: 'b' }] }) as { env: object[] };
    expect(refusal(() => act('REDIS_HSOT')).message).toContain('adds env[REDIS_HSOT], beside REDIS_HOST');
    for (const other of ['REDIS_PORT', 'CACHE_HOST', 'REDIS_HOST_2']) expect(act(other).env).toHaveLength(2);
  });
  test('what can stand alone is added', () => {
    expect(
      patchedWeb({
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'proxy', image: 'proxy:1' },
                { name: 'web', env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] },
              ],
              volumes: [{ name: 'tmp', emptyDir: {} }],
              imagePullSecrets: [{ name: 'registry' }],
            },
          },
        },
      }).spec.template.spec['volumes'],
    ).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });
});

describe('a patch is refused also', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'that matches no object',
      () => apply(patch('Deployment/wbe', { spec: { paused: true } }, why)),
      /renders no such object[\s\S]*did you mean Deployment\/web/,
    ],
    [
      'that changes nothing',
      () => apply(patch('Deployment/web', { metadata: { labels: { app: 'web' } } }, why)),
      /changes nothing/,
    ],
    [
      'that removes what is not there',
      () => apply(patch('Deployment/web', { spec: { paused: null } }, why)),
      /removes spec\.paused, which is not there/,
    ],
    [
      'that removes an entry that is not there',
      () => patchedWeb({ spec: { template: { spec: { containers: [{ name: 'x', $patch: 'delete' }] } } } }),
      /containers\[x\], which is not there/,
    ],
    [
      'that renames the object',
      () => apply(patch('Deployment/web', { metadata: { name: 'x' } }, why)),
      /changes metadata\.name/,
    ],
    [
      'that moves the object',
      () => apply(patch('Deployment/web', { metadata: { namespace: 'x' } }, why)),
      /changes metadata\.namespace/,
    ],
    [
      'of the content of a hashed ConfigMap: it is immutable',
      () => apply(patch('ConfigMap/web-config', { data: { A: '2' } }, why)),
      /is the hash of it/,
    ],
    [
      "of a Job's template: it is immutable",
      () => apply(patch('Job/shop/batch', { spec: { template: { spec: { hostNetwork: true } } } }, why)),
      /hash of its template/,
    ],
    ['without a reason', () => patch('Deployment/web', { spec: { paused: true } }, ' '), /gives no reason/],
    ['that names no object', () => patch('web' as 'Deployment/web', {}, why), /does not name an object/],
  ])('%s', (_, act, found) => {
    expect(refusal(act).message).toMatch(found);
  });

  test('that means two objects', () => {
    const twin = { ...web, metadata: { ...web.metadata, namespace: 'other' } };
    const two = [{ name: 'web', wave: 0, objects: [web, twin] }];
    const act = () =>
      patched({ name: 'dev@kind', patches: [patch('Deployment/web', { spec: { paused: true } }, why)] }, two);
    expect(refusal(act).found).toContain('means 2 objects: Deployment/shop/web, Deployment/other/web');
  });
});

test('what does not fit the kind does not compile', () => {
  const lines: (() => unknown)[] = [
    // @ts-expect-error: no such field of a Deployment
    () => patch('Deployment/web', { spec: { replicsa: 3 } }, why),
    // @ts-expect-error: a number is no string
    () => patch('Service/web', { spec: { clusterIP: 7 } }, why),
    // Of a kind that the compiler does not know, anything goes.
    () => patch('HTTPRoute/web', { spec: { anything: 1 } }, why),
  ];
  expect(lines).toHaveLength(3);
});

test('patches of the cluster, the environment and the target all count, the target last', () => {
  const label = (tier: string) => [patch('Deployment/web', { metadata: { labels: { tier, [tier]: 'yes' } } }, why)];
  const { name: _, ...facts } = prod;
  const objects = composed(
    resolveTarget(
      {
        environment: environment('prod', { ...facts, settings: {}, patches: label('environment') }),
        cluster: { ...cloud, patches: label('cluster') },
        features: [],
        patches: label('target'),
      },
      components,
    ),
  );
  expect(objects.get('Deployment', 'web').metadata.labels).toMatchObject({
    cluster: 'yes',
    environment: 'yes',
    target: 'yes',
    tier: 'target',
  });
});

test('merging the same change twice is merging it once', () => {
  const entry = fc.record({ name: fc.constantFrom('a', 'b', 'c'), value: fc.string({ maxLength: 2 }) });
  const list = fc.uniqueArray(entry, { selector: ({ name }) => name, maxLength: 3 });
  const object = fc.record(
    { env: list, args: fc.array(fc.string({ maxLength: 2 })), other: fc.integer() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(object, object, (value, change) => {
      const once = merged('t', value, change);
      expect(merged('t', once, change)).toEqual(once);
      const names = (of: unknown) => ((of as { env?: { name: string }[] }).env ?? []).map(({ name }) => name);
      expect(new Set(names(once))).toEqual(new Set([...names(value), ...names(change)]));
    }),
  );
});

test("the keys of lists are those of Kubernetes' OpenAPI documents, for every object that people write", () => {
  const { definitions } = kubernetesData();
  const wanted = new Map<string, Set<string>>();
  for (const [name, timeline] of Object.entries(definitions)) {
    if (
      !/^(core|apps|batch|networking|autoscaling|policy|admissionregistration|meta)\.v\d+\./.test(name) ||
      /Status|Condition|Health|Responder|Allocatable/.test(name)
    )
      continue;
    for (const fields of Object.values(timeline))
      for (const [field, type] of Object.entries(fields ?? {})) {
        const keys = /\[\] by (.+)$/.exec(type)?.[1];
        if (keys) wanted.set(field.replace('!', ''), (wanted.get(field.replace('!', '')) ?? new Set()).add(keys));
      }
  }
  const own = Object.fromEntries(
    Object.entries(LIST_KEYS).map(([field, keys]) => [field, keys.map((each) => each.join(',')).sort()]),
  );
  const documented = Object.fromEntries([...wanted].map(([field, keys]) => [field, [...keys].sort()]));
  for (const [field, keys] of Object.entries(documented)) expect([field, own[field]]).toEqual([field, keys]);
  // What the documents call otherwise, and kubectl merges by these keys all the same.
  expect(Object.keys(own).filter((field) => !(field in documented))).toEqual([]);
});

describe('a new entry of a list', () => {
  const names = (entries: readonly object[]) =>
    (
      merged('a patch', { containers: [{ name: 'web', image: 'a' }] }, { containers: entries }) as {
        containers: { name: string }[];
      }
    ).containers.map(({ name }) => name);
  const proxy = { name: 'proxy', image: 'b' };
  test('comes at the end, or at the start where it says so', () => {
    expect(names([proxy])).toEqual(['web', 'proxy']);
    expect(
      names([
        { ...proxy, $at: 'start' },
        { name: 'init', image: 'c', $at: 'start' },
      ]),
    ).toEqual(['proxy', 'init', 'web']);
  });
  test('is the only one that may say so', () => {
    for (const entry of [
      { name: 'web', $at: 'start' },
      { ...proxy, $at: 'end' },
      { name: 'web', $patch: 'delete', $at: 'start' },
    ])
      expect(() => names([entry])).toThrow('$at has no meaning here');
    expect(() => merged('a patch', {}, { args: [{ $at: 'start' }] })).toThrow('$at has no meaning here');
  });
});
