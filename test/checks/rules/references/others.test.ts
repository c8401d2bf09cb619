import { all, findings, messages, namespace, workload } from '../../judging';

describe('issuer-exists', () => {
  const id = 'issuer-exists';
  const certificate = (ref: string, { kind = 'Certificate', apiVersion = 'cert-manager.io/v1' } = {}) =>
    `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: c, namespace: shop }, spec: { issuerRef: { ${ref} } } }`;
  const issuer = (name: string) =>
    `{ apiVersion: cert-manager.io/v1, kind: Issuer, metadata: { name: ${name}, namespace: shop } }`;
  const clusterIssuer = (name: string) =>
    `{ apiVersion: cert-manager.io/v1, kind: ClusterIssuer, metadata: { name: ${name} } }`;
  const at = 'spec.issuerRef.name';
  test('an Issuer is looked for in the namespace, a ClusterIssuer in the cluster', () => {
    expect(findings(id, all(namespace, certificate('name: public')))).toEqual([
      `fail Certificate/shop/c ${at} = "public"`,
    ]);
    expect(findings(id, certificate('name: public'))).toEqual([`unknown Certificate/shop/c ${at} = "public"`]);
    expect(findings(id, all(namespace, issuer('public'), certificate("name: public, kind: ''")))).toEqual([]);
    expect(
      findings(id, all(namespace, clusterIssuer('public'), certificate('name: public, kind: ClusterIssuer'))),
    ).toEqual([]);
    expect(findings(id, certificate('name: public, kind: ClusterIssuer'), { declared: '' })).toHaveLength(1);
  });
  test('one of the other kind is pointed out', () => {
    expect(
      messages(id, all(namespace, clusterIssuer('public'), issuer('publc'), certificate('name: public')))[0],
    ).toMatch(/is never created; a ClusterIssuer of that name exists$/);
    expect(
      messages(id, all(namespace, issuer('public'), certificate('name: public, kind: ClusterIssuer')), {
        declared: '',
      })[0],
    ).toMatch(/; an Issuer of that name exists$/);
    expect(messages(id, all(namespace, issuer('publc'), certificate('name: public')))[0]).toContain(
      'did you mean "publc"?',
    );
    expect(messages(id, all(clusterIssuer('public'), certificate('name: public')))[0]).not.toContain(
      'of that name exists',
    );
  });
  test('CertificateRequests are judged, kinds and issuers of other groups are not', () => {
    expect(findings(id, all(namespace, certificate('name: public', { kind: 'CertificateRequest' })))).toEqual([
      `fail CertificateRequest/shop/c ${at} = "public"`,
    ]);
    expect(findings(id, all(namespace, certificate('name: public', { apiVersion: 'networking.gke.io/v1' })))).toEqual(
      [],
    );
    expect(findings(id, all(namespace, certificate('name: public, group: awspca.cert-manager.io')))).toEqual([]);
    expect(findings(id, all(namespace, certificate("name: public, group: ''")))).toHaveLength(1);
    expect(findings(id, all(namespace, certificate('kind: Issuer')))).toEqual([]);
  });
  describe.each([
    ['Ingress', 'networking.k8s.io/v1'],
    ['Gateway', 'gateway.networking.k8s.io/v1'],
  ])('the annotations of a %s', (kind, apiVersion) => {
    const annotated = (annotations: string) =>
      `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: w, namespace: shop, annotations: { ${annotations} } }, spec: {} }`;
    const path = (name: string) => `${kind}/shop/w metadata.annotations["cert-manager.io/${name}"]`;
    test('name an issuer', () => {
      expect(findings(id, all(namespace, annotated('cert-manager.io/issuer: public')))).toEqual([
        `fail ${path('issuer')} = "public"`,
      ]);
      expect(findings(id, all(namespace, issuer('public'), annotated('cert-manager.io/issuer: public')))).toEqual([]);
      expect(findings(id, annotated('cert-manager.io/cluster-issuer: public'), { declared: '' })).toEqual([
        `fail ${path('cluster-issuer')} = "public"`,
      ]);
      expect(
        findings(id, all(clusterIssuer('public'), annotated('cert-manager.io/cluster-issuer: public')), {
          declared: '',
        }),
      ).toEqual([]);
    });
    test('may name another kind or group', () => {
      expect(
        findings(
          id,
          all(
            clusterIssuer('public'),
            annotated('cert-manager.io/issuer: public, cert-manager.io/issuer-kind: ClusterIssuer'),
          ),
          { declared: '' },
        ),
      ).toEqual([]);
      expect(
        findings(id, all(namespace, annotated('cert-manager.io/issuer: public, cert-manager.io/issuer-group: a.b'))),
      ).toEqual([]);
      expect(findings(id, all(namespace, annotated('other: public')))).toEqual([]);
    });
  });
  test('no resource of the cluster makes a ClusterIssuer, though it has its name', () => {
    const crd =
      '{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: things.example.com }, spec: { group: example.com, scope: Cluster, names: { kind: Thing, plural: things } } }';
    const thing = '{ apiVersion: example.com/v1, kind: Thing, metadata: { name: public } }';
    const manifests = all(namespace, crd, thing, certificate('name: public, kind: ClusterIssuer'));
    expect(findings(id, manifests, { declared: '' })).toEqual([`fail Certificate/shop/c ${at} = "public"`]);
  });
});

describe('priority-runtime-class-exists', () => {
  const id = 'priority-runtime-class-exists';
  const of = (kind: string, name: string) =>
    `{ apiVersion: ${kind === 'RuntimeClass' ? 'node' : 'scheduling'}.k8s.io/v1, kind: ${kind}, metadata: { name: ${name} } }`;
  test.each([
    ['PriorityClass', 'priorityClassName'],
    ['RuntimeClass', 'runtimeClassName'],
  ])('a %s may come with the facts, the manifests or the declaration', (kind, field) => {
    const pod = workload({ pod: `${field}: fast` });
    const at = `Deployment/shop/web spec.template.spec.${field} = "fast"`;
    expect(findings(id, pod)).toEqual([`unknown ${at}`]);
    expect(findings(id, pod, { facts: of(kind, 'slow') })).toEqual([`fail ${at}`]);
    expect(findings(id, pod, { complete: true })).toEqual([`fail ${at}`]);
    expect(findings(id, pod, { declared: of(kind, 'slow') })).toEqual([`fail ${at}`]);
    expect(findings(id, pod, { declared: namespace })).toEqual([`unknown ${at}`]);
    expect(findings(id, pod, { facts: of(kind, 'fast') })).toEqual([]);
    expect(findings(id, pod, { declared: of(kind, 'fast') })).toEqual([]);
    expect(findings(id, all(pod, of(kind, 'fast')))).toEqual([]);
    expect(messages(id, pod, { facts: of(kind, 'fst') })[0]).toContain('did you mean "fst"?');
  });
  test('Kubernetes has two PriorityClasses, and offers them', () => {
    expect(findings(id, workload({ pod: 'priorityClassName: system-node-critical' }), { declared: '' })).toEqual([]);
    expect(findings(id, workload({ pod: 'priorityClassName: system-cluster-critical' }), { declared: '' })).toEqual([]);
    expect(messages(id, workload({ pod: 'priorityClassName: system-node-critcal' }), { complete: true })[0]).toContain(
      'did you mean "system-node-critical"?',
    );
    expect(findings(id, workload({ pod: 'runtimeClassName: system-node-critical' }), { declared: '' })).toHaveLength(1);
  });
  test('no controller creates pods from a PodTemplate on its own', () => {
    const template =
      "{ apiVersion: v1, kind: PodTemplate, metadata: { name: t, namespace: shop }, template: { spec: { priorityClassName: gone, serviceAccountName: gone, containers: [{ name: a, image: 'a:1' }] } } }";
    expect(findings(id, template, { declared: '' })).toEqual([]);
    expect(findings('serviceaccount-exists', all(namespace, template))).toEqual([]);
  });
});

describe('pvc-exists', () => {
  const id = 'pvc-exists';
  const mounts = (claim: string) =>
    workload({ pod: `volumes: [{ name: d, persistentVolumeClaim: { claimName: ${claim} } }]` });
  const set = (name: string) =>
    workload({ name, kind: 'StatefulSet', spec: 'volumeClaimTemplates: [{ metadata: { name: data } }]' });
  const at = 'Deployment/shop/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName';
  test('a claim exists, or a StatefulSet creates it for one of its pods', () => {
    expect(findings(id, all(namespace, mounts('data-redis-0')))).toEqual([`fail ${at} = "data-redis-0"`]);
    expect(findings(id, all(namespace, set('redis'), mounts('data-redis-0')))).toEqual([]);
    expect(findings(id, all(namespace, set('redis'), mounts('data-redis-12')))).toEqual([]);
    expect(findings(id, all(namespace, set('redis'), mounts('data-redis-a')))).toHaveLength(1);
    expect(findings(id, all(namespace, set('redis'), mounts('logs-redis-0')))).toHaveLength(1);
    expect(findings(id, all(namespace, set('other'), mounts('data-redis-0')))).toHaveLength(1);
    expect(findings(id, all(namespace, set('redis'), mounts('data-redis')))).toHaveLength(1);
  });
  test('other volumes are not claims', () =>
    expect(
      findings(id, all(namespace, workload({ pod: 'volumes: [{ name: d, configMap: { name: gone } }]' }))),
    ).toEqual([]));
});

describe('serviceaccount-exists', () => {
  const id = 'serviceaccount-exists';
  test('the field that names it is reported', () => {
    const at = 'Deployment/shop/web spec.template.spec';
    expect(findings(id, all(namespace, workload({ pod: 'serviceAccountName: a' })))).toEqual([
      `fail ${at}.serviceAccountName = "a"`,
    ]);
    expect(findings(id, all(namespace, workload({ pod: 'serviceAccount: a' })))).toEqual([
      `fail ${at}.serviceAccount = "a"`,
    ]);
    expect(findings(id, all(namespace, workload({ pod: 'serviceAccount: a, serviceAccountName: default' })))).toEqual(
      [],
    );
    expect(findings(id, all(namespace, workload()))).toEqual([]);
  });
});
