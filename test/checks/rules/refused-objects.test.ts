import { all, findings, messages, said, service, verdicts, workload } from '../judging';

describe('the selector of a Job', () => {
  const job = (selector: string, labels = 'app: a', more = '') =>
    `{ apiVersion: batch/v1, kind: Job, metadata: { name: a, namespace: shop }, spec: { ${more} selector: ${selector}, template: { metadata: { labels: { ${labels} } }, spec: { restartPolicy: Never, containers: [{ name: a, image: 'shop/a:1.0.0' }] } } } }`;
  const refused = ['fail spec.selector'];
  const judge = (...of: Parameters<typeof job>) => verdicts('selector-matches-template', job(...of));

  test('by labels of its own is refused, also where the template has them', () => {
    expect(judge('{ matchLabels: { app: a } }')).toEqual(refused);
    expect(judge('{ matchExpressions: [{ key: app, operator: In, values: [a] }] }')).toEqual(refused);
    expect(judge('{ matchExpressions: [{ key: app, operator: Exists }] }')).toEqual(refused);
    expect(
      judge(
        '{ matchLabels: { batch.kubernetes.io/job-name: a, tier: b } }',
        'batch.kubernetes.io/job-name: a, tier: b',
      ),
    ).toEqual(refused);
  });
  test('by the labels that the server makes is accepted, as a live Job has it', () => {
    const uid = 'controller-uid: 5d2f, batch.kubernetes.io/controller-uid: 5d2f, job-name: a';
    expect(judge('{ matchLabels: { batch.kubernetes.io/controller-uid: 5d2f } }', `app: a, ${uid}`)).toEqual([]);
    expect(judge('{ matchLabels: { job-name: a } }', `app: a, ${uid}`)).toEqual([]);
    expect(judge('{}')).toEqual([]);
  });
  test('is the writer’s with manualSelector', () =>
    expect(judge('{ matchLabels: { app: a } }', 'app: a', 'manualSelector: true,')).toEqual([]));
});

describe('a port of two containers on the network of the node', () => {
  const ports = (...of: readonly string[]) =>
    of.map((port, i) => `{ name: c${i}, image: 'shop/c:1.0.0', ports: [${port}] }`).join(', ');
  const judge = (containers: string, pod = 'hostNetwork: true', kind = 'Deployment') =>
    verdicts('list-map-duplicates', workload({ kind, pod, containers }));

  test('is refused, of a Pod and of the pods of a template', () => {
    const two = ports('{ containerPort: 9090 }', '{ containerPort: 9090 }');
    for (const kind of ['Deployment', 'DaemonSet', 'StatefulSet'])
      expect(judge(two, 'hostNetwork: true', kind)).toEqual([
        'fail spec.template.spec.containers[1].ports[0].containerPort',
      ]);
    expect(messages('list-map-duplicates', workload({ pod: 'hostNetwork: true', containers: two }))[0]).toContain(
      'the API server refuses the Deployment or the pods it makes',
    );
    const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: a, namespace: shop }, spec: { hostNetwork: true, containers: [${two}] } }`;
    expect(findings('list-map-duplicates', pod)).toEqual([
      'fail Pod/shop/a spec.containers[1].ports[0].containerPort = 9090',
    ]);
    expect(messages('list-map-duplicates', pod)[0]).toMatch(/the API server refuses the Pod$/);
  });
  test('is also one where only one of them names the port of the node', () =>
    expect(judge(ports('{ containerPort: 80, hostPort: 80 }', '{ containerPort: 80 }'))).toEqual([
      'fail spec.template.spec.containers[1].ports[0].containerPort',
    ]));
  test('is none with another protocol or address, in a network of the pod, or between init containers', () => {
    expect(judge(ports('{ containerPort: 53 }', '{ containerPort: 53, protocol: UDP }'))).toEqual([]);
    expect(judge(ports('{ containerPort: 53, hostIP: 10.0.0.1 }', '{ containerPort: 53, hostIP: 10.0.0.2 }'))).toEqual(
      [],
    );
    expect(judge(ports('{ containerPort: 80 }', '{ containerPort: 80 }'), 'hostNetwork: false')).toEqual([]);
    const inits = `hostNetwork: true, initContainers: [${ports('{ containerPort: 80 }', '{ containerPort: 80 }').replaceAll('name: c', 'name: i')}]`;
    expect(judge(ports('{ containerPort: 80 }'), inits)).toEqual([]);
  });
});

describe('huge pages', () => {
  const judge = (resources: string) => verdicts('schema-valid', workload({ container: `resources: { ${resources} }` }));
  const at = 'fail spec.template.spec.containers[0].resources';
  test('come in whole pages', () => {
    expect(judge('limits: { hugepages-2Mi: 4Mi, cpu: 1 }')).toEqual([]);
    expect(judge('limits: { hugepages-2Mi: 3Mi, cpu: 1 }')).toEqual([`${at}.limits.hugepages-2Mi`]);
    expect(judge('limits: { hugepages-1Gi: 512Mi, memory: 1Gi }, requests: { hugepages-1Gi: 512Mi }')).toEqual([
      `${at}.limits.hugepages-1Gi`,
      `${at}.requests.hugepages-1Gi`,
    ]);
    expect(judge('limits: { hugepages-big: 2Mi, cpu: 1 }')).toEqual([`${at}.limits.hugepages-big`]);
  });
  test('never come alone', () => {
    expect(judge('limits: { hugepages-2Mi: 4Mi }')).toEqual([at]);
    expect(judge('limits: { hugepages-2Mi: 4Mi, ephemeral-storage: 1Gi }')).toEqual([at]);
    expect(judge('limits: { hugepages-2Mi: 4Mi }, requests: { memory: 1Gi }')).toEqual([]);
  });
});

describe('one fault is one finding', () => {
  test('a path of an Ingress without a pathType', () =>
    expect(
      verdicts(
        'schema-valid',
        '{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: a, namespace: shop }, spec: { rules: [{ http: { paths: [{ path: /, backend: { service: { name: a, port: { number: 80 } } } }] } }] } }',
      ),
    ).toEqual(['fail spec.rules[0].http.paths[0].pathType']));
  test('a volume, and a place to mount at, that stand there twice', () => {
    const container = 'volumeMounts: [{ name: v, mountPath: /a }, { name: v, mountPath: /a }]';
    expect(
      verdicts(
        'list-map-duplicates',
        workload({ pod: 'volumes: [{ name: v, emptyDir: {} }, { name: v, emptyDir: {} }]', container }),
      ),
    ).toEqual([
      'fail spec.template.spec.containers[0].volumeMounts[1].mountPath',
      'fail spec.template.spec.volumes[1].name',
    ]);
  });
  test('a label of Pod Security, whatever it is about', () => {
    const labelled = (label: string) =>
      `{ apiVersion: v1, kind: Namespace, metadata: { name: a, labels: { pod-security.kubernetes.io/${label} } } }`;
    for (const label of ['enforce: Restricted', 'warn: high', "audit-version: '1.30'", "enforce: ''"]) {
      expect(verdicts('schema-valid', labelled(label))).toEqual([]);
      expect(verdicts('pod-fits-own-namespace-psa', labelled(label))).toHaveLength(1);
    }
  });
  test('the Role of a ClusterRoleBinding, which takes none', () => {
    const binding =
      '{ apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: { name: a }, roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: gone }, subjects: [] }';
    expect(verdicts('schema-valid', binding)).toEqual(['fail roleRef.kind']);
    expect(verdicts('rbac-roleref-exists', binding, { complete: true })).toEqual([]);
  });
  test('a protocol that is none of transport', () => {
    const ports = all(
      workload({ container: 'ports: [{ name: http, containerPort: 8080 }]' }),
      service('selector: { app: web }, ports: [{ port: 80, targetPort: http, protocol: HTTP }]'),
    );
    expect(verdicts('schema-valid', ports)).toEqual(['fail spec.ports[0].protocol']);
    expect(verdicts('service-port-protocol', ports)).toEqual([]);
    expect(verdicts('service-port-protocol', ports.replace('HTTP', 'UDP'))).toEqual(['fail spec.ports[0].protocol']);
  });
  test('a port by number in quotes', () => {
    const ports = all(
      workload({ container: 'ports: [{ containerPort: 8080 }]' }),
      service("selector: { app: web }, ports: [{ port: 80, targetPort: '8080' }]"),
    );
    expect(verdicts('service-targetport-resolves', ports)).toEqual([]);
    const [finding] = said('schema-valid', ports);
    expect(finding).toMatchObject({
      fix: 'write 8080 without quotes',
      repair: { do: 'replace', from: '8080', with: 8080 },
    });
    const [probe] = said('schema-valid', workload({ container: "readinessProbe: { tcpSocket: { port: '80' } }" }));
    expect(probe!.fix).toBe('write 80 without quotes');
  });
  test('an entry that only server-side apply refuses stays open', () =>
    expect(
      verdicts('list-map-duplicates', workload({ container: 'env: [{ name: A, value: a }, { name: A, value: b }]' })),
    ).toEqual(['unknown spec.template.spec.containers[0].env[1]']));
});
