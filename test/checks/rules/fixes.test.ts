import { said, service, workload } from '../judging';

const fixes = (id: string, manifests: string) => said(id, manifests).map(({ fix }) => fix);
const pod = (spec: string) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`;

describe('the fix of a field in the wrong place says where the field is', () => {
  test.each([
    [workload({ spec: 'nodeSelector: { disk: ssd }' }), 'spec.template.spec.nodeSelector'],
    [workload({ pod: 'replicas: 3' }), 'spec.replicas'],
    [workload({ kind: 'StatefulSet', pod: 'serviceName: a' }), 'spec.serviceName'],
    [workload({ container: 'tolerations: []' }), 'spec.template.spec.tolerations'],
    [workload({ container: 'securityContext: { fsGroup: 5 }' }), 'spec.template.spec.securityContext.fsGroup'],
    [
      workload({ pod: 'securityContext: { capabilities: { drop: [ALL] } }' }),
      'spec.template.spec.containers[].securityContext.capabilities',
    ],
    [pod('imagePullPolicy: Always, containers: []'), 'spec.containers[].imagePullPolicy'],
    [service('ports: [{ port: 80, externalName: a }]'), 'spec.externalName'],
    [
      "{ apiVersion: batch/v1, kind: CronJob, metadata: { name: a }, spec: { schedule: '@daily', backoffLimit: 1, jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [] } } } } } }",
      'spec.jobTemplate.spec.backoffLimit',
    ],
  ])('%#', (manifests, place) => expect(fixes('unknown-field', manifests)).toEqual([`move it: the field is ${place}`]));

  test('a slip of the fingers is one, and its correction can be made', () => {
    const [finding] = said('unknown-field', workload({ spec: 'replica: 3' }));
    expect(finding!.fix).toBe('write replicas instead of replica');
    expect(finding!.repair).toBeDefined();
  });
  test('half of a name is completed', () => {
    for (const kind of ['DaemonSet', 'StatefulSet'])
      expect(fixes('unknown-field', workload({ kind, spec: 'strategy: { type: RollingUpdate }' }))).toEqual([
        'write updateStrategy instead of strategy',
      ]);
  });
  test('a field that several structs have, or none, is left to the person', () => {
    const general = 'correct the name of the field, or move it to the right place';
    expect(fixes('unknown-field', workload({ spec: 'labels: { app: web }' }))).toEqual([general]);
    expect(fixes('unknown-field', workload({ kind: 'DaemonSet', spec: 'replicas: 3' }))).toEqual([general]);
  });
});

describe('the fix of a reference to a field of the pod', () => {
  const variable = (fieldPath: string) =>
    workload({ container: `env: [{ name: A, valueFrom: { fieldRef: { fieldPath: "${fieldPath}" } } }]` });
  test.each([
    ['metadata.labels', "metadata.labels['KEY']"],
    ['metadata.annotations', "metadata.annotations['KEY']"],
    ['metadata.labels.app', "metadata.labels['app']"],
    ["metadata.labels['app", "metadata.labels['app']"],
    ['metadata.annotations[shop/team]', "metadata.annotations['shop/team']"],
    ['status.podIp', 'status.podIP'],
    ['spec.nodename', 'spec.nodeName'],
  ])('%s', (written, meant) => expect(fixes('schema-valid', variable(written))).toEqual([`write ${meant}`]));
  test('in a volume, where all labels together can be had', () =>
    expect(
      fixes(
        'schema-valid',
        workload({
          pod: 'volumes: [{ name: a, downwardAPI: { items: [{ path: a, fieldRef: { fieldPath: metadata.label } }] } }]',
        }),
      ),
    ).toEqual(['write metadata.labels']));
});

test('the fix of a command that is one entry has its words, unless a person must say what a word is', () => {
  const container = (command: string) => workload({ container: `command: [${JSON.stringify(command)}]` });
  expect(fixes('command-words-split', container('cat  /tmp/ok'))).toEqual([
    'write each word as an entry of the list: ["cat", "/tmp/ok"]',
  ]);
  expect(fixes('command-words-split', container('/bin/sh -c "echo a b"'))).toEqual([
    'write each word as an entry of the list: ["/bin/bash", "/opt/run.sh"]',
  ]);
});

describe('the fix of a value of the wrong type says what is to be written', () => {
  const claim = (spec: string) =>
    `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: a }, spec: { ${spec}, resources: { requests: { storage: 1Gi } } } }`;
  test.each([
    [
      workload({ container: 'env: { LOG_LEVEL: info, PORT: 80 }' }),
      'write a list: [{ name: LOG_LEVEL, value: "info" }, …]',
    ],
    [workload({ container: 'env: { PORT: 80 }' }), 'write a list: [{ name: PORT, value: "80" }]'],
    [
      workload({ container: 'ports: { containerPort: 80 }' }),
      'write a list: put a dash before the first field of the entry',
    ],
    [
      workload({ pod: 'volumes: { name: a, emptyDir: {} }' }),
      'write a list: put a dash before the first field of the entry',
    ],
    [workload({ container: 'ports: [8080]' }), 'write an object: { containerPort: 8080 }'],
    [workload({ pod: 'imagePullSecrets: [registry]' }), 'write an object: { name: registry }'],
    [workload({ container: 'envFrom: [{ configMapRef: settings }]' }), 'write an object: { name: settings }'],
    [workload({ pod: 'volumes: [{ name: a, secret: login }]' }), 'write an object: { secretName: login }'],
    [service('ports: [80]'), 'write an object: { port: 80 }'],
    [
      service('selector: { matchLabels: { app: web } }, ports: [{ port: 80 }]'),
      'write the labels under selector itself: it is no selector with matchLabels',
    ],
    [workload({ container: 'command: sleep 5' }), 'write a list of the words: ["sleep", "5"]'],
    [
      workload({ container: 'readinessProbe: { exec: { command: cat /tmp/ok } }' }),
      'write a list of the words: ["cat", "/tmp/ok"]',
    ],
    [claim('accessModes: ReadWriteOnce'), 'write a list: [ReadWriteOnce]'],
    ['{ apiVersion: v1, kind: ConfigMap, metadata: "name:web" }', 'write a space after the colon: name: web'],
  ])('%#', (manifests, fix) => expect(fixes('schema-valid', manifests)).toContain(fix));
  test('where the words of a shell belong together, and where the type is all there is to say, a person decides', () => {
    const general = 'set the field to a value of the type and range in the message';
    expect(fixes('schema-valid', workload({ container: `command: "sh -c 'echo a b'"` }))).toEqual([general]);
    expect(fixes('schema-valid', workload({ container: 'resources: none' }))).toEqual([general]);
    expect(fixes('schema-valid', workload({ pod: 'affinity: "https://example.com"' }))).toEqual([general]);
    expect(fixes('schema-valid', workload({ container: `args: ${JSON.stringify('a'.repeat(80))}` }))).toEqual([
      general,
    ]);
  });
});
