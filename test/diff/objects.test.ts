import { stepsText } from '../../diff/field-change';
import { fleetOf } from '../../diff/fleet/fleet-of';
import { objectChanges } from '../../diff/objects';
import { inNamespaces } from '../../diff/pairs';
import { targetChange } from '../../diff/target-change';
import { diffText } from '../../report/diff/text';
import { worldOf } from '../checks/judging';
import { allOf, workloadOf } from './risks';

/** `renamed Deployment/shop/api, before Deployment/shop/web: spec.replicas`, for each object that changes. */
function told(before: string, after: string, facts?: string): string[] {
  const [was, is] = [before, after].map((text) => worldOf(text, facts === undefined ? {} : { facts }));
  return objectChanges(was!, is!).map(({ does, id, was, fields }) => {
    const paths = fields.map(({ path }) => stepsText(path)).join(', ');
    return `${does} ${id}${was === undefined ? '' : `, before ${was.id}`}${paths && `: ${paths}`}`;
  });
}

const service = (name: string, namespace = 'shop') =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: ${namespace} }, spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: admin, port: 81 }] } }`;

describe('an object that is called otherwise', () => {
  test('is found by its content, whether its labels follow its name or not', () => {
    const web = workloadOf({});
    expect(told(web, web.replaceAll('web', 'api'))).toEqual([
      expect.stringMatching(/^renamed Deployment\/shop\/api, before Deployment\/shop\/web/),
    ]);
    expect(told(web, web.replace('name: web', 'name: api'))).toEqual([
      'renamed Deployment/shop/api, before Deployment/shop/web',
    ]);
  });
});

describe('what is renamed', () => {
  const program = (name: string, image: string, variables: Readonly<Record<string, string>>, more = '') =>
    workloadOf({
      name,
      more,
      container: `env: [${Object.entries(variables).map(([key, value]) => `{ name: ${key}, value: '${value}' }`)}]`,
    }).replaceAll(/example.com\/[^']*/g, image);
  const variables = { HOST: 'a', PORT: '1', MODE: 'fast', LEVEL: 'info', SIZE: '5', ZONE: 'x' };
  const config = (name: string, lines: readonly string[]) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { app.conf: ${JSON.stringify(lines.join('\n'))} } }`;

  test('is found where its image and a part of its settings changes as well', () => {
    const before = program('web', 'example.com/shop:1.0', variables);
    const after = program('api', 'example.com/shop:2.0', { FIRST: '1', ...variables, LEVEL: 'debug' });
    expect(told(before, after)).toEqual([expect.stringMatching(/^renamed Deployment\/shop\/api, before .*web/)]);
    const other = program('api', 'example.org/other:9', { A: 'b', C: 'd', E: 'f' });
    expect(told(before, other)).toEqual(['added Deployment/shop/api', 'removed Deployment/shop/web']);
  });

  test('is found by most of its lines', () => {
    const lines = ['one', 'two', 'three', 'four', 'five', 'six'];
    expect(told(config('a', lines), config('b', [...lines.slice(1), 'seven']))).toEqual([
      expect.stringMatching(/^renamed ConfigMap\/shop\/b/),
    ]);
    expect(told(config('a', lines), config('b', ['un', 'deux', 'trois', 'four']))).toHaveLength(2);
  });

  test('is paired with what is most alike, whatever comes first', () => {
    const [one, other] = [variables, { ...variables, MODE: 'slow' }];
    const before = [program('web', 'example.com/shop:1', one), program('job', 'example.com/shop:1', other)];
    const after = [program('a', 'example.com/shop:1', one), program('b', 'example.com/shop:1', other)];
    const expected = [
      expect.stringMatching(/^renamed Deployment\/shop\/a, before Deployment\/shop\/web/),
      expect.stringMatching(/^renamed Deployment\/shop\/b, before Deployment\/shop\/job/),
    ];
    expect(told(allOf(...before), allOf(...after))).toEqual(expected);
    expect(told(allOf(...[...before].reverse()), allOf(...[...after].reverse()))).toEqual(expected);
  });

  test('is the one with the name most alike where both say the same, in whatever order they stand', () => {
    const all = (...names: string[]) => allOf(...names.map((name) => program(name, 'example.com/shop:1', variables)));
    const renames = (before: string, after: string) => told(before, after).map((each) => each.replace(/:.*/, ''));
    const expected = [
      'removed Deployment/shop/api-worker',
      'renamed Deployment/shop/web-new, before Deployment/shop/web-old',
    ];
    expect(renames(all('api-worker', 'web-old'), all('web-new'))).toEqual(expected);
    expect(renames(all('web-old', 'api-worker'), all('web-new'))).toEqual(expected);
  });

  test('is no rename by what all objects of the kind say', () => {
    const alike = (name: string, own: string) =>
      workloadOf({
        name,
        pod: 'securityContext: { runAsNonRoot: true, runAsUser: 1, runAsGroup: 1, fsGroup: 1, seccompProfile: { type: RuntimeDefault } }, automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 5, priorityClassName: high',
        container: `env: [{ name: OWN, value: ${own} }, { name: MINE, value: ${own} }, { name: HIS, value: ${own} }, { name: HERS, value: ${own} }]`,
      }).replace(`example.com/${name}:1.4.0`, `example.com/${own}:1`);
    const kept = ['a', 'b', 'c', 'd', 'e'].map((name) => alike(name, `of-${name}`));
    expect(told(allOf(...kept, alike('web', 'shop')), allOf(...kept, alike('mail', 'post')))).toEqual([
      'added Deployment/shop/mail',
      'removed Deployment/shop/web',
    ]);
  });

  test('takes along what says next to nothing', () => {
    const account = (name: string) =>
      `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: ${name}, namespace: shop } }`;
    const all = (name: string) =>
      allOf(program(name, 'example.com/shop:1', variables), account(name), account(`${name}-job`), account('other'));
    expect(told(all('web'), all('api')).map((each) => each.replace(/:.*/, ''))).toEqual([
      'renamed Deployment/shop/api, before Deployment/shop/web',
      'renamed ServiceAccount/shop/api, before ServiceAccount/shop/web',
      'renamed ServiceAccount/shop/api-job, before ServiceAccount/shop/web-job',
    ]);
    expect(told(account('web'), account('api'))).toEqual([
      'added ServiceAccount/shop/api',
      'removed ServiceAccount/shop/web',
    ]);
  });
});

describe('objects without a name of their own', () => {
  const job = (text: string, name = 'report-') =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { generateName: ${name}, namespace: shop }, spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: 'example.com/report:1', args: [${text}] }] } } } }`;

  test('go by their generateName', () => {
    expect(told(job('a'), job('b'))).toEqual(['changed Job/shop/report-: spec.template.spec.containers[main].args']);
    expect(told(job('a'), job('a'))).toEqual([]);
    expect(told(job('a'), allOf(job('a'), job('a')))).toEqual(['added Job/shop/report-']);
  });

  test('of which several have the same one go by what they say', () => {
    expect(told(allOf(job('a'), job('b'), job('c')), allOf(job('c'), job('a'), job('x')))).toEqual([
      'changed Job/shop/report-: spec.template.spec.containers[main].args',
    ]);
    expect(told(allOf(job('a'), job('b')), job('b'))).toEqual(['removed Job/shop/report-']);
    expect(told('{ apiVersion: v1, kind: ConfigMap, metadata: {} }', '{ apiVersion: v1, kind: ConfigMap }')).toEqual(
      [],
    );
  });
});

describe('an object that stands several times on one side', () => {
  const config = (text: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: web, namespace: shop }, data: { text: ${text} } }`;
  const change = (before: string, after: string) => targetChange('a', worldOf(before), worldOf(after));

  const changed = (before: readonly string[], after: readonly string[]) =>
    change(allOf(...before.map(config)), allOf(...after.map(config))).changes.map(({ does, fields }) =>
      [does, ...fields.map((field) => `${String(field.before)} ${String(field.after)}`)].join(' '),
    );

  test('is compared by what kubectl apply leaves, and that is said', () => {
    expect(changed(['one', 'two'], ['three'])).toEqual(['changed two three']);
    expect(changed(['one', 'two'], ['two'])).toEqual([]);
    expect(changed(['one', 'two'], ['one'])).toEqual(['changed two one']);
    expect(changed(['one'], ['one', 'two'])).toEqual(['changed one two']);
    expect(changed([], ['one', 'two'])).toEqual(['added']);
    const { twice } = change(allOf(config('one'), config('two')), config('three'));
    expect(twice).toEqual([
      {
        side: 'before',
        object: 'ConfigMap/shop/web',
        places: [expect.stringMatching(/:1$/), expect.stringMatching(/:3$/)],
      },
    ]);
    const text = diffText(fleetOf([change(config('three'), allOf(config('one'), config('two')))]), {
      color: false,
      all: false,
    });
    expect(text).toContain('ConfigMap/shop/web stands 2 times after the change, in ');
  });

  test('is compared one by one where it stands as often on the other side, as in a folder of several clusters', () => {
    expect(changed(['one', 'two'], ['three', 'two'])).toEqual(['changed one three']);
    expect(changed(['one', 'two'], ['one', 'three'])).toEqual(['changed two three']);
    expect(changed(['one', 'two'], ['two', 'one'])).toEqual(['changed two one']);
    expect(changed(['one', 'two'], ['three', 'four'])).toEqual(['changed one three', 'changed two four']);
  });

  test('with the same content is one', () => {
    expect(change(allOf(config('one'), config('one')), config('one'))).toMatchObject({ changes: [], twice: [] });
  });
});

describe('a namespace that is called otherwise', () => {
  const config = (namespace: string, name = 'config') =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: ${namespace} }, data: {} }`;
  const namespace = (name: string) => `{ apiVersion: v1, kind: Namespace, metadata: { name: ${name} } }`;
  const account = (place: string) =>
    `{ apiVersion: v1, kind: ServiceAccount, metadata: { name: web, namespace: ${place} } }`;
  const all = (place: string) => allOf(namespace(place), config(place), account(place), service('web', place));
  test('takes all of its objects along, also those that say next to nothing', () => {
    expect(told(all('shop'), all('store'))).toEqual([
      'renamed ConfigMap/store/config, before ConfigMap/shop/config',
      'renamed Namespace/store, before Namespace/shop',
      'renamed Service/store/web, before Service/shop/web',
      'renamed ServiceAccount/store/web, before ServiceAccount/shop/web',
    ]);
  });
  test('has not moved where something stays in it, where the other one was there, or where too little is alike', () => {
    const moves = (before: string, after: string) =>
      told(before, after).filter((each) => each.startsWith('renamed ConfigMap'));
    expect(moves(all('shop'), allOf(all('store'), config('shop', 'other')))).toHaveLength(1);
    expect(moves(allOf(all('shop'), config('shop', 'kept')), allOf(all('store'), config('shop', 'kept')))).toEqual([]);
    expect(moves(allOf(all('shop'), config('store', 'kept')), allOf(all('store'), config('store', 'kept')))).toEqual(
      [],
    );
    expect(moves(allOf(config('shop'), account('shop')), allOf(config('store'), account('store')))).toEqual([]);
  });
});

describe('what is in one namespace or another', () => {
  const config = (namespace: string, text: string) =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: config, namespace: '${namespace}' }, data: { host: ${text} } }`;

  test('may be called by a text that is no name', () => {
    const [before, after] = ['one', 'two'].map((text) => worldOf(config('*', text)));
    const changes = ['a', 'b'].map((target) => targetChange(target, before, after));
    expect(fleetOf(changes).changes).toMatchObject([{ objects: ['ConfigMap/*/config'], targets: ['a', 'b'] }]);
  });

  test('is told by the whole name, where another one begins alike', () => {
    const inOther = inNamespaces(
      new Map([
        ['shop', 'store'],
        ['shop-dev', 'test'],
      ]),
    );
    expect(['web.shop', 'web.shop-dev', 'workshop', 'shop-web'].map(inOther)).toEqual([
      'web.store',
      'web.test',
      'workshop',
      'store-web',
    ]);
  });

  test('of a custom kind is known by its definition, on whichever side that is', () => {
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: zones.example.com }, spec: { group: example.com, scope: Cluster, names: { kind: Zone, plural: zones }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }] } }';
    const zone = '{ apiVersion: example.com/v1, kind: Zone, metadata: { name: a }, spec: { size: 1 } }';
    expect(told(zone, allOf(definition, zone))).toEqual(['added CustomResourceDefinition/zones.example.com']);
    expect(told(allOf(definition, zone), zone)).toEqual(['removed CustomResourceDefinition/zones.example.com']);
  });
});

test('what kubectl notes of the last manifest in an annotation is not told', () => {
  const noted = (value: string, more = '') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: web, namespace: shop, annotations: { kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"password":"${value}"}}'${more} } } }`;
  const plain = '{ apiVersion: v1, kind: Secret, metadata: { name: web, namespace: shop } }';
  expect(told(noted('one'), noted('two'))).toEqual([]);
  expect(told(noted('one'), plain)).toEqual([]);
  expect(told(noted('one', ', team: a'), plain)).toEqual(['changed Secret/shop/web: metadata.annotations.team']);
  const custom = (text: string) => text.replace('v1, kind: Secret', 'example.com/v1, kind: Vault');
  expect(told(custom(noted('one')), custom(plain))).toEqual([]);
});

test('a checksum in an annotation follows what it is the checksum of, and says nothing itself', () => {
  const annotated = (annotation: string) => workloadOf({ meta: `annotations: { ${annotation} }` });
  const follows = (key: string) =>
    objectChanges(worldOf(annotated(`${key}: one`)), worldOf(annotated(`${key}: two`))).flatMap(({ fields }) =>
      fields.map((field) => field.follows),
    );
  expect(follows('checksum/config')).toEqual(['checksum/config']);
  expect(follows('example.com/config-checksum')).toEqual(['example.com/config-checksum']);
  expect(follows('example.com/checksums')).toEqual([undefined]);
});

describe('a Secret with another hash at the end of its name', () => {
  const secret = (hash: string, value = hash) =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: login-${hash}, namespace: shop }, stringData: { a: ${value} } }`;
  const [OLD, NEW] = ['6h2bk9mm5t', 'kt8c5g2f7b'];
  const follows = (of: (name: string) => string) => {
    const [was, is] = [OLD, NEW].map((hash) => worldOf(allOf(secret(hash), of(`login-${hash}`))));
    return objectChanges(was!, is!).flatMap(({ kind, fields }) =>
      kind === 'Secret'
        ? []
        : fields.map(({ path, follows }) =>
            `${stepsText(path)} ${follows}`.replaceAll(NEW, 'NEW').replaceAll(OLD, 'OLD'),
          ),
    );
  };
  test.each<[string, (name: string) => string, readonly string[]]>([
    [
      'by name in a list',
      (name) => workloadOf({ pod: `imagePullSecrets: [{ name: other }, { name: ${name} }]` }),
      ['spec.template.spec.imagePullSecrets[login-NEW] Secret/shop/login'],
    ],
    [
      'with its namespace in an annotation',
      (name) => service('web').replace('name: web,', `name: web, annotations: { a/b: shop/${name} },`),
      ['metadata.annotations["a/b"] Secret/shop/login'],
    ],
    [
      'beside an entry that comes as well',
      (name) =>
        workloadOf({ pod: `imagePullSecrets: [{ name: ${name} }${name.endsWith(NEW) ? ', { name: more }' : ''}]` }),
      [
        'spec.template.spec.imagePullSecrets[login-NEW] Secret/shop/login',
        'spec.template.spec.imagePullSecrets[more] undefined',
      ],
    ],
    [
      'in an entry that says something else, too',
      (name) =>
        workloadOf({
          pod: `volumes: [{ name: ${name}, secret: { secretName: ${name}, optional: ${name.endsWith(NEW)} } }]`,
        }),
      ['spec.template.spec.volumes[login-OLD] undefined', 'spec.template.spec.volumes[login-NEW] undefined'],
    ],
    [
      'as a part of a path',
      (name) => workloadOf({ container: `args: [/etc/${name}]` }),
      ['spec.template.spec.containers[web].args undefined'],
    ],
  ])('is followed %s', (_, of, expected) => {
    expect(follows(of).sort()).toEqual([...expected].sort());
  });
});

test('an entry of a list that is replaced as a whole is told by its host or path where another one stays', () => {
  const ingress = (...paths: string[]) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop }, spec: { rules: [{ host: shop.example.com, http: { paths: [${paths.map((path) => `{ path: ${path}, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }`).join(', ')}] } }] } }`;
  expect(told(ingress('/'), ingress('/', '/admin'))).toEqual([
    'changed Ingress/shop/web: spec.rules[shop.example.com].http.paths[/admin]',
  ]);
  expect(told(ingress('/'), ingress('/shop'))).toEqual([
    'changed Ingress/shop/web: spec.rules[shop.example.com].http.paths',
  ]);
  expect(told(ingress('/'), ingress('/').replace('shop.example', 'www.example'))).toEqual([
    'changed Ingress/shop/web: spec.rules',
  ]);
});

test('the first label of an object is told like each later one', () => {
  const labelled = (labels: string) => service('web').replace('name: web,', `name: web, labels: { ${labels} },`);
  expect(told(service('web'), labelled('team: a'))).toEqual(['changed Service/shop/web: metadata.labels.team']);
  expect(told(labelled('team: a'), labelled('team: a, tier: b'))).toEqual([
    'changed Service/shop/web: metadata.labels.tier',
  ]);
  expect(told(service('web'), service('web').replace('name: web,', 'name: web, labels: {},'))).toEqual([]);
});

test('two versions of an autoscaler that mean the same differ in the version alone', () => {
  const scaler = (version: string, metrics: string) =>
    `{ apiVersion: autoscaling/${version}, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, ${metrics} } }`;
  const old = (percent: number) => scaler('v1', `targetCPUUtilizationPercentage: ${percent}`);
  const now = (percent: number) =>
    scaler(
      'v2',
      `metrics: [{ type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: ${percent} } } }]`,
    );
  expect(told(old(70), now(70))).toEqual(['changed HorizontalPodAutoscaler/shop/web: apiVersion']);
  expect(told(now(70), old(70))).toEqual(['changed HorizontalPodAutoscaler/shop/web: apiVersion']);
  expect(told(old(70), now(60))).toEqual([expect.stringContaining('apiVersion, spec.metrics')]);
  expect(told(old(70), old(60))).toEqual([expect.stringContaining('spec.targetCPUUtilizationPercentage')]);
});

describe('a field of a feature that is off', () => {
  const node = (version: string) =>
    `{ apiVersion: v1, kind: Node, metadata: { name: a }, status: { nodeInfo: { kubeletVersion: ${version} } } }`;
  const before = workloadOf({ container: 'resources: { requests: { cpu: 1m } }' });
  const after = workloadOf({
    pod: 'hostUsers: false',
    container:
      'resources: { requests: { cpu: 1m } }, resizePolicy: [{ resourceName: cpu, restartPolicy: NotRequired }]',
  });
  test('is dropped by the API server of the version, so that it changes nothing', () => {
    expect(told(before, after, node('v1.28.15'))).toEqual([]);
    expect(told(after, before, node('v1.28.15'))).toEqual([]);
    expect(told(after, after.replace('hostUsers: false', 'hostUsers: true'), node('v1.32.0'))).toEqual([]);
  });
  test('changes something where it is on, and where the version is not known', () => {
    const changed = [expect.stringMatching(/^changed Deployment\/shop\/web: .*hostUsers/)];
    expect(told(before, after, node('v1.33.0'))).toEqual(changed);
    expect(told(before, after)).toEqual(changed);
  });
});
