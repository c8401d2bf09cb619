import { checks } from '../../../checks/registry';
import { runChecks } from '../../../checks/run';
import { readSources } from '../../../manifests/reading/read';
import { paragraph } from '../../../report/show';
import { all, findings, messages, namespace, resources, said, verdicts, workload, worldOf } from '../judging';

/** `restart-policy spec.restartPolicy`, for all that will break. */
const broken = (manifests: string) =>
  runChecks(worldOf(all(namespace, manifests)), checks)
    .filter(({ severity, verdict }) => severity === 'will-break' && verdict === 'fail')
    .map(({ check, path }) => `${check} ${path}`);

describe('one fault is one finding', () => {
  test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])('the restartPolicy of a %s', (kind) => {
    const extra = kind === 'StatefulSet' ? 'serviceName: web' : '';
    const found = broken(workload({ kind, pod: 'restartPolicy: Never', spec: extra }));
    expect(found).toContain('restart-policy spec.template.spec.restartPolicy');
    expect(found.filter((place) => place.startsWith('schema-valid'))).toEqual([]);
    expect(broken(workload({ kind, pod: 'restartPolicy: Sometimes', spec: extra }))).toContain(
      'schema-valid spec.template.spec.restartPolicy',
    );
    expect(verdicts('restart-policy', workload({ kind, pod: 'restartPolicy: Sometimes' }))).toEqual([]);
  });
  test('the restartPolicy of a Job and of a CronJob', () => {
    expect(broken(workload({ kind: 'Job' }))).toEqual(['restart-policy spec.template.spec']);
    expect(
      broken(
        "{ apiVersion: batch/v1, kind: CronJob, metadata: { name: a, namespace: shop }, spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { restartPolicy: Always, containers: [{ name: a, image: 'a/b:1' }] } } } } } }",
      ),
    ).toEqual(['restart-policy spec.jobTemplate.spec.template.spec.restartPolicy']);
  });
  test('a request above the limit, in an init container and of huge pages too', () => {
    const sized = (name: string) =>
      `resources: { requests: { ${name}: 2Mi, cpu: 1 }, limits: { ${name}: 1Mi, cpu: 1 } }`;
    expect(broken(workload({ container: sized('memory') }))).toEqual([
      'request-le-limit spec.template.spec.containers[0].resources.requests.memory',
    ]);
    expect(broken(workload({ container: sized('hugepages-2Mi') }))).toContain(
      'request-le-limit spec.template.spec.containers[0].resources.requests.hugepages-2Mi',
    );
    expect(
      broken(workload({ pod: `initContainers: [{ name: i, image: 'shop/i:1.0.0', ${sized('memory')} }]` })),
    ).toEqual(['request-le-limit spec.template.spec.initContainers[0].resources.requests.memory']);
  });
});

describe('a fix quotes what is written', () => {
  const fixes = (text: string) => said('schema-valid', text).map(({ fix }) => fix);
  test.each([
    ['1.10', '"1.10"'],
    ['0400', '"0400"'],
    ['yes', '"yes"'],
    ['0x1F', '"0x1F"'],
    ['1_000', '"1_000"'],
    ['!!int 5', '"5"'],
  ])('%s', (written, quoted) => {
    const map = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  version: ${written} # note\n  other: a\n`;
    expect(fixes(map)).toEqual([`put it into quotes: ${quoted}`]);
    expect(fixes(workload({ container: `args: [a, ${written}]` }))).toEqual([`put it into quotes: ${quoted}`]);
  });
  test('also within lists of objects, in JSON and in custom resources', () => {
    expect(fixes(workload({ container: 'env: [{ name: A, value: 1.50 }]' }))).toEqual(['put it into quotes: "1.50"']);
    expect(fixes('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": 1.0}}')).toEqual([
      'put it into quotes: "1.0"',
    ]);
    const definition =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: as.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: A, plural: as }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { version: { type: string } } } } } } }] } }';
    expect(
      said(
        'cr-schema',
        all(definition, '{ apiVersion: example.com/v1, kind: A, metadata: { name: a }, spec: { version: 1.20 } }'),
      )[0]!.fix,
    ).toBe('put it into quotes: "1.20"');
  });
});

test('a CustomResourceDefinition of a built-in kind changes nothing', () => {
  const definition = (group: string, kind: string, plural: string) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: ${plural}.${group} }, spec: { group: ${group}, scope: Cluster, names: { kind: ${kind}, plural: ${plural} }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object } } } } }] } }`;
  const policy =
    '{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: a, namespace: shop }, spec: { podSelector: {}, policyType: [Ingress] } }';
  const judged = (text: string) => [...findings('cr-schema', text), ...findings('unknown-field', text)];
  expect(judged(all(definition('networking.k8s.io', 'NetworkPolicy', 'networkpolicies'), policy))).toEqual([
    'fail NetworkPolicy/shop/a spec.policyType = ["Ingress"]',
  ]);
  const budget =
    '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: a, namespace: shop }, spec: { minAvailable: 1, selector: {} } }';
  expect(judged(all(definition('policy', 'PodDisruptionBudget', 'poddisruptionbudgets'), budget))).toEqual([]);
  const role =
    '{ apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: { name: a, namespace: shop }, rules: [] }';
  expect(judged(all(definition('rbac.authorization.k8s.io', 'Role', 'roles'), role))).toEqual([]);
});

test('of a kind that nobody knows the namespace is shown only where it is written', () => {
  const policy = (metadata: string) =>
    `{ apiVersion: guard.example.com/v1, kind: ClusterGuard, metadata: { name: a${metadata} } }`;
  const [one] = said('kind-known', policy(''));
  expect(one!.object).toBe('ClusterGuard/a');
  expect(said('kind-known', policy(', namespace: shop'))[0]!.object).toBe('ClusterGuard/shop/a');
  expect(
    findings('schema-valid', '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a }, data: { a: 1 } }'),
  ).toEqual(['fail ConfigMap/default/a data.a = 1']);
});

test('a value that stands there is not called unset', () => {
  const [finding] = said('pss-restricted', workload({ container: 'securityContext: { runAsUser: 5 }' })).filter(
    ({ value, isSet }) => value === null && isSet,
  );
  expect(paragraph(finding!)).not.toContain('unset');
  const [missing] = said('restart-policy', workload({ kind: 'Job', pod: 'restartPolicy: null' }));
  expect(missing!.isSet).toBe(true);
});

describe('a template of Helm', () => {
  const reasons = (text: string) =>
    readSources([{ file: 'a.yaml', text }]).unreadable.map(({ line, reason }) => `${line} ${reason}`);
  const words = 'this is a template of Helm, not YAML: render it with `helm template` and judge what that prints';
  test.each([
    ['apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  a: {{ .Values.a }}\n', 5],
    ['{{- if .Values.on }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n{{- end }}\n', 1],
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels:\n    {{- include "a.labels" . | nindent 4 }}\n',
      6,
    ],
    ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "a.name" $ }}\n', 4],
    ['{{- /* a comment */ -}}\nkind: [\n', 1],
  ])('is named as what it is: %j', (text, line) => expect(reasons(text)).toEqual([`${line} ${words}`]));
  test('text in braces that YAML can read, and other mistakes, are what they are', () => {
    expect(reasons('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: "{{ .Values.a }}" }\n')).toEqual(
      [],
    );
    expect(reasons('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a\n')[0]).not.toContain('Helm');
    expect(resources('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: "{{$x}}" }\n')).toHaveLength(
      1,
    );
  });
});

describe('hpa-vpa-signals', () => {
  const scaled = (target: string) =>
    all(
      workload(),
      `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, maxReplicas: 5, metrics: [{ type: Resource, resource: { name: memory, target: ${target} } }] } }`,
      '{ apiVersion: autoscaling.k8s.io/v1, kind: VerticalPodAutoscaler, metadata: { name: web, namespace: shop }, spec: { targetRef: { apiVersion: apps/v1, kind: Deployment, name: web } } }',
    );
  test('an average value does not depend on requests, and the message does not say so', () => {
    expect(messages('hpa-vpa-signals', scaled('{ type: AverageValue, averageValue: 1Gi }'))).toEqual([
      'HorizontalPodAutoscaler web scales by the memory that a pod uses, and this sets the requests by the same measurement: each new number of pods changes what this measures, so the requests follow the number of pods',
    ]);
    expect(messages('hpa-vpa-signals', scaled('{ type: Utilization, averageUtilization: 50 }'))[0]).toContain(
      'scales by the memory utilization of requests',
    );
  });
});
