import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import type { ReportedFinding } from '../../checks/finding';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { scheduleProblem } from '../../upstream/kubernetes/cron';
import { kubernetesData } from '../../upstream/kubernetes/data';
import { approximateQuantity, isBase64, isQuantity, isTime } from '../../upstream/kubernetes/formats';
import { apiOf, SCALARS, type Type } from '../../upstream/kubernetes/model';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

const OWN = [
  'schema-valid',
  'unknown-field',
  'cr-schema',
  'kind-known',
  'name-label-syntax',
  'list-map-duplicates',
  'selector-matches-template',
  'volumemount-has-volume',
  'cron-schedule-valid',
  'namespace-explicit',
  'namespace-declared',
  'immutable-field-change',
  'api-removed',
];

interface Known {
  readonly kubernetes?: KubernetesVersion;
  readonly declared?: string;
  readonly previous?: string;
  readonly only?: string;
}

function verify(text: string, { kubernetes, declared, previous, only }: Known = {}): ReportedFinding[] {
  const read = (yaml: string) => readSources([{ file: 'a.yaml', text: yaml }]).resources;
  const world = new World(
    read(text),
    new Facts([], kubernetes),
    declared === undefined ? undefined : read(declared),
    previous === undefined ? undefined : read(previous),
  );
  return runChecks(
    world,
    checks.filter(({ id }) => (only === undefined ? OWN.includes(id) && !id.startsWith('namespace-') : id === only)),
  );
}

const said = (findings: readonly ReportedFinding[]) =>
  findings.map(({ check, verdict, path }) => `${verdict} ${check} ${path}`);

const pod = (container: string, spec = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a, ${container}}]${spec}}}`;

describe('values', () => {
  test('a number where a string is due is refused, and the fix says to quote it', () => {
    const [finding] = verify(pod('env: [{name: A, value: 1}]'));
    expect(finding).toMatchObject({
      check: 'schema-valid',
      path: 'spec.containers[0].env[0].value',
      fix: 'put it into quotes: "1"',
    });
  });

  test('amounts may be numbers, and ports names', () =>
    expect(
      verify(pod('resources: {limits: {cpu: 0.5, memory: 1Gi}}, readinessProbe: {httpGet: {port: http}}')),
    ).toEqual([]));

  test('a volume without a source is an emptyDir', () =>
    expect(verify(pod('volumeMounts: [{name: v, mountPath: /v}]', ', volumes: [{name: v}]'))).toEqual([]));

  test('null counts as absent', () =>
    expect(verify(pod('resources: null, env: null', ', nodeSelector: null'))).toEqual([]));

  test.each([
    [
      'two probe handlers',
      'livenessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}',
      'spec.containers[0].livenessProbe.tcpSocket',
    ],
    [
      'a reference and a value',
      'env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]',
      'spec.containers[0].env[0].valueFrom',
    ],
    [
      'a field of the pod that is not offered',
      'env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.podIp}}}]',
      'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath',
    ],
  ])('%s is refused', (_, container, path) =>
    expect(said(verify(pod(container)))).toEqual([`fail schema-valid ${path}`]),
  );

  test.each([
    [
      '{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, maxLimitRequestRatio: {cpu: 500m}}]}}',
      'schema-valid spec.limits[0].maxLimitRequestRatio.cpu',
    ],
    [
      '{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, min: {cpu: 1}, max: {cpu: 2}, maxLimitRequestRatio: {cpu: 3}}]}}',
      'schema-valid spec.limits[0].maxLimitRequestRatio.cpu',
    ],
    [
      '{apiVersion: v1, kind: Secret, metadata: {name: a}, type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: null}}',
      'schema-valid stringData[".dockerconfigjson"]',
    ],
    ['{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: [b]}}', 'schema-valid data.a'],
    [
      '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [], ports: [{port: 1}, {port: 2}]}',
      'list-map-duplicates ports[1].name',
    ],
    [
      '{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: a.io/b, allowedTopologies: [{matchLabelExpressions: [{key: a, values: [b, c]}]}, {matchLabelExpressions: [{key: a, values: [c, b]}]}]}',
      'list-map-duplicates allowedTopologies[1].matchLabelExpressions',
    ],
    [
      pod('securityContext: {windowsOptions: {runAsUserName: a@b}}'),
      'schema-valid spec.containers[0].securityContext.windowsOptions.runAsUserName',
    ],
    [pod('command: [a]', ', runtimeClassName: ""'), 'schema-valid spec.runtimeClassName'],
  ])('the server refuses more than its document says: %s', (text, found) =>
    expect(said(verify(text))).toEqual([`fail ${found}`]),
  );

  test('the target of an Object metric may have a value and an average, that of an External one only one of the two', () => {
    const scaler = (metric: string) =>
      `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, maxReplicas: 2, metrics: [${metric}]}}`;
    const target = 'metric: {name: a}, target: {type: Value, value: 1, averageValue: 1}';
    expect(
      verify(scaler(`{type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: a}, ${target}}}`)),
    ).toEqual([]);
    expect(said(verify(scaler(`{type: External, external: {${target}}}`)))).toEqual([
      'fail schema-valid spec.metrics[0].external.target.averageValue',
    ]);
  });

  test('the selector of a metric is for whoever answers for the metric', () => {
    const selector = 'selector: {matchExpressions: [{key: a, operator: None}]}';
    expect(
      verify(
        `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, maxReplicas: 2, metrics: [{type: Pods, pods: {metric: {name: a, ${selector}}, target: {type: AverageValue, averageValue: 1}}}]}}`,
      ),
    ).toEqual([]);
    expect(
      said(verify(`{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {${selector}}}`)),
    ).toEqual(['fail schema-valid spec.selector.matchExpressions[0].operator']);
  });

  test('only a Service of type ClusterIP may have no node ports', () => {
    const service = (type: string) =>
      `{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ${type}, externalName: example.com, ports: [{port: 80, nodePort: 30080}]}}`;
    expect([said(verify(service('ExternalName'))), said(verify(service('NodePort')))]).toEqual([[], []]);
    expect(said(verify(service('ClusterIP')))).toEqual(['fail schema-valid spec.ports[0].nodePort']);
  });

  test('the server drops what a claim is to be filled from in another namespace', () => {
    const claim = (reference: string) =>
      `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, dataSourceRef: {kind: Backup, name: a${reference}}}}`;
    expect(verify(claim(', namespace: b'))).toEqual([]);
    expect(said(verify(claim('')))).toEqual(['fail schema-valid spec.dataSourceRef']);
  });

  test('a rule that misses a field refuses, and one that asks for functions of Kubernetes is told', () => {
    const definition = (rule: string) =>
      `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: as.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: as, kind: A}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {a: {type: array, items: {type: string}}, b: {type: array, items: {type: string}, nullable: true}}, x-kubernetes-validations: [{rule: "${rule}", message: told}]}}}}}]}}`;
    const found = (rule: string, spec: string) =>
      said(
        verify(`{apiVersion: example.com/v1, kind: A, metadata: {name: a}, spec: ${spec}}\n---\n${definition(rule)}`),
      );
    const rule = 'size(self.a) > 0 || size(self.b) > 0';
    expect(found(rule, '{a: [b], b: []}')).toEqual([]);
    expect(found(rule, '{a: [b]}')).toEqual([]);
    expect(found(rule, '{a: []}')).toEqual(['fail cr-schema spec']);
    expect(found('self.b == null', '{b: null}')).toEqual([]);
    expect(found('self.a.isSorted() || size(self.b) > 0', '{a: []}')).toEqual([]);
    expect(found('size(self.b) > 0 || self.a.isSorted()', '{a: []}')).toEqual([]);
  });

  test.each(['a', 'CORP\\\\a', 'example.com\\\\a', 'NT AUTHORITY\\\\Local Service'])(
    '%s may be the user of a container on Windows',
    (user) => {
      expect(verify(pod(`securityContext: {windowsOptions: {runAsUserName: "${user}"}}`))).toEqual([]);
    },
  );

  test('the old name of a service account counts only where the new one is not given', () => {
    const account = (fields: string) => said(verify(pod('', `, ${fields}`)));
    const wrong = ['fail schema-valid spec.serviceAccount'];
    expect(account('serviceAccount: Upper')).toEqual(wrong);
    expect(account("serviceAccount: Upper, serviceAccountName: ''")).toEqual(wrong);
    expect(account('serviceAccount: Upper, serviceAccountName: web')).toEqual([]);
    expect(account('serviceAccount: web, serviceAccountName: Upper')).toEqual([
      'fail schema-valid spec.serviceAccountName',
    ]);
  });

  test('the serviceName of a StatefulSet may be left out, whatever the document says', () => {
    expect(
      verify(
        '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a}]}}}}',
      ),
    ).toEqual([]);
  });

  test('the claims of a StatefulSet are volumes of its pods', () => {
    const text = (mounted: string) =>
      `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: a, volumeMounts: [{name: ${mounted}, mountPath: /d}]}]}}, volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]}}`;
    expect(verify(text('data'))).toEqual([]);
    expect(said(verify(text('date')))).toEqual([
      'fail volumemount-has-volume spec.template.spec.containers[0].volumeMounts[0].name',
    ]);
  });

  test('an env variable set twice is unknown: it depends on how it is applied', () => {
    expect(said(verify(pod('env: [{name: A, value: b}, {name: A, value: c}]'), { kubernetes: '1.35' }))).toEqual([
      'unknown list-map-duplicates spec.containers[0].env[1]',
    ]);
  });
});

describe('versions', () => {
  const sleeping = pod('lifecycle: {preStop: {sleep: {seconds: 5}}}');

  test('a field that a version does not have yet is unknown to it', () => {
    expect(said(verify(sleeping, { kubernetes: '1.28' }))).toContain(
      'fail unknown-field spec.containers[0].lifecycle.preStop.sleep',
    );
    expect(verify(sleeping, { kubernetes: '1.35' })).toEqual([]);
  });

  test('what only some versions accept is unknown where the version is', () => {
    const alpha = '{apiVersion: v1, kind: Service, metadata: {name: 1a}, spec: {ports: [{port: 1}]}}';
    expect(said(verify(alpha, { kubernetes: '1.35' }))).toEqual(['fail name-label-syntax metadata.name']);
    expect(verify(alpha)).toEqual([]);
    const scaled =
      '{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 2, scaleTargetRef: {kind: Deployment, name: a}}}';
    expect(said(verify(scaled))).toEqual(['unknown schema-valid spec.scaleTargetRef.apiVersion']);
  });

  test('an API that is gone fails, one that will go is unknown, and one that is served says nothing', () => {
    const flows = (version: string) =>
      `{apiVersion: flowcontrol.apiserver.k8s.io/${version}, kind: FlowSchema, metadata: {name: a}, spec: {priorityLevelConfiguration: {name: b}}}`;
    const verdicts = (version: string, kubernetes: KubernetesVersion) =>
      verify(flows(version), { kubernetes, only: 'api-removed' }).map(({ verdict }) => verdict);
    expect(verdicts('v1beta3', '1.32')).toEqual(['fail']);
    expect(verdicts('v1beta3', '1.31')).toEqual(['unknown']);
    expect(verdicts('v1', '1.31')).toEqual([]);
  });

  test('a kind that comes later fails on the version before', () => {
    const policy =
      '{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: a}}';
    expect(said(verify(policy, { kubernetes: '1.29', only: 'kind-known' }))).toEqual(['fail kind-known apiVersion']);
    expect(verify(policy, { kubernetes: '1.30', only: 'kind-known' })).toEqual([]);
  });

  test('every type of every definition of every version can be read', () => {
    const { oldest, newest, definitions } = kubernetesData();
    const isRead = (type: Type): boolean => {
      if (type.is === 'list' || type.is === 'map') return isRead(type.of);
      return type.is === 'object' ? type.definition.name in definitions : SCALARS.includes(type.is);
    };
    for (const minor of [oldest, newest]) {
      const fields = Object.keys(definitions).flatMap((name) =>
        [...apiOf(minor).definition(name).fields].map(([field, { type }]) => ({ field: `${name}.${field}`, type })),
      );
      expect(fields.map(({ field }) => field)).toContain('core.v1.Container.livenessProbe');
      expect(fields.filter(({ type }) => !isRead(type)).map(({ field }) => field)).toEqual([]);
    }
  });
});

describe('kinds and namespaces', () => {
  test('a kind in the wrong group is told the right one', () => {
    const [finding] = verify('{apiVersion: v1, kind: Deployment, metadata: {name: a}}');
    expect(finding).toMatchObject({ check: 'kind-known', verdict: 'fail', fix: 'write apiVersion: apps/v1' });
  });

  test('a kind of an add-on is unknown until its definition is known', () => {
    const route = '{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: a}, spec: {}}';
    expect(said(verify(route))).toEqual(['unknown kind-known apiVersion']);
  });

  test('namespace-explicit knows what stands in no namespace', () => {
    expect(
      said(
        verify(
          '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: a}}\n---\n{apiVersion: v1, kind: Node, metadata: {name: a, namespace: b}}',
          { only: 'namespace-explicit' },
        ),
      ),
    ).toEqual(['fail namespace-explicit metadata.namespace', 'fail namespace-explicit metadata.namespace']);
  });

  test('a namespace that nobody declared is unknown, one beside the declared ones fails', () => {
    const map = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}';
    const namespaces = (name: string) => `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`;
    expect(said(verify(map, { only: 'namespace-declared' }))).toEqual([
      'unknown namespace-declared metadata.namespace',
    ]);
    expect(said(verify(map, { only: 'namespace-declared', declared: namespaces('shopp') }))).toEqual([
      'fail namespace-declared metadata.namespace',
    ]);
    expect(verify(map, { only: 'namespace-declared', declared: namespaces('shop') })).toEqual([]);
  });
});

describe('changes', () => {
  const changed = (previous: string, now: string) => said(verify(now, { previous, only: 'immutable-field-change' }));
  const claim = (size: string) =>
    `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: ${size}}}}}`;

  test('a claim may grow and not shrink', () => {
    expect(changed(claim('1Gi'), claim('2Gi'))).toEqual([]);
    expect(changed(claim('2Gi'), claim('1Gi'))).toEqual([
      'fail immutable-field-change spec.resources.requests.storage',
    ]);
  });

  test('an immutable ConfigMap stays, and a mutable one may become immutable', () => {
    const map = (value: string, immutable: boolean) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: ${immutable}, data: {a: ${value}}}`;
    expect(changed(map('x', true), map('y', true))).toEqual(['fail immutable-field-change data']);
    expect(changed(map('x', false), map('y', true))).toEqual([]);
  });

  test('what the server fills in is no change', () => {
    const set = (extra: string) =>
      `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: a}, spec: {selector: {matchLabels: {a: b}}, serviceName: a${extra}}}`;
    expect(changed(set(''), set(', podManagementPolicy: OrderedReady'))).toEqual([]);
    expect(changed(set(''), set(', podManagementPolicy: Parallel'))).toEqual([
      'fail immutable-field-change spec.podManagementPolicy',
    ]);
    expect(changed(set(', replicas: 1'), set(', replicas: 2'))).toEqual([]);
  });
});

describe('forms', () => {
  test.each(['1', '1.5', '.5', '5.', '-1', '+1', '100m', '1Gi', '1e3', '1E3', '1E', ' 1 '])(
    '%s is a quantity',
    (text) => expect(isQuantity(text)).toBe(true),
  );
  test.each(['', 'a', '1 Gi', '1GiB', '1gi', '1.5.5', '--1', '1KI'])('%s is none', (text) =>
    expect(isQuantity(text)).toBe(false),
  );
  test('quantities compare by what they mean', () => {
    expect(approximateQuantity('1Gi')).toBe(2 ** 30);
    expect(approximateQuantity('1500m')).toBe(1.5);
    expect(approximateQuantity('1E')).toBe(1e18);
    expect(approximateQuantity('1E3')).toBe(1000);
  });

  test.each(['*/5 * * * *', '0 0 1 jan sun', '@daily', '@every 5m', '0-30/10,45 * ? * 1-5'])(
    '%s is a schedule',
    (text) => expect(scheduleProblem(text)).toBeUndefined(),
  );
  test.each([
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60 in the minute'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7 in the day of week'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1 in the minute'],
    ['*/0 * * * *', 'step of range should be a positive number: */0 in the minute'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['TZ=UTC * * * * *', 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0 in the day of month'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3 in the minute'],
    ['*/2/3 * * * *', 'too many slashes: */2/3 in the minute'],
    ['* * * janu *', 'failed to parse number: janu in the month'],
  ])('%s is none: %s', (text, complaint) => expect(scheduleProblem(text)).toBe(complaint));

  test('what Node encodes is base64, and every time that it prints is a time', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isBase64(Buffer.from(bytes).toString('base64'))));
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9000-01-01'), noInvalidDate: true }), (date) =>
        isTime(date.toISOString()),
      ),
    );
  });
});

test('nothing that is written makes the checks crash', () => {
  const seeds = loadAll(readFileSync(join(__dirname, '../oracle/schema-seeds.yaml'), 'utf8')) as Record<
    string,
    unknown
  >[];
  const paths = (value: unknown): (string | number)[][] =>
    value !== null && typeof value === 'object'
      ? Object.entries(value).flatMap(([key, below]) => [[key], ...paths(below).map((path) => [key, ...path])])
      : [];
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.nat(), fc.jsonValue(), (seed, n, value) => {
      const copy = structuredClone(seed);
      const all = paths(copy);
      const path = all[n % all.length] ?? [];
      let box = copy as Record<string | number, unknown>;
      for (const key of path.slice(0, -1)) box = box[key] as Record<string | number, unknown>;
      box[path.at(-1) ?? 'spec'] = value;
      verify(JSON.stringify(copy));
    }),
    { numRuns: 150 },
  );
});

test('words that objects of JavaScript know are words like others', () => {
  for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const objects = [
      `{apiVersion: v1, kind: Secret, metadata: {name: a}, type: ${word}}`,
      `{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {example.com/${word}: 1, ${word}: 1}}}`,
      `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: ${word}, name: a}, maxReplicas: 2, metrics: [{type: ${word}}]}}`,
      `{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: a}, rules: [{apiGroups: [${word}], resources: [${word}], verbs: [${word}]}]}`,
      `{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: a}, spec: {gatewayClassName: a, listeners: [{name: a, port: 80, protocol: ${word}}]}}`,
      `{apiVersion: ${word}, kind: ${word}, metadata: {name: ${word}}}`,
      pod(`env: [{name: A, value: "${word}://a:1"}], ports: [{containerPort: 1, protocol: ${word}}]`),
    ];
    const { resources } = readSources([{ file: 'a.yaml', text: objects.join('\n---\n') }]);
    expect(() => runChecks(new World(resources, new Facts([], '1.35')), checks)).not.toThrow();
  }
});

test('the seeds of the oracle are clean', () => {
  const text = readFileSync(join(__dirname, '../oracle/schema-seeds.yaml'), 'utf8');
  expect(verify(text, { kubernetes: '1.35' }).filter(({ check }) => check !== 'kind-known')).toEqual([]);
});
