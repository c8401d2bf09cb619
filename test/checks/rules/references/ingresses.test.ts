import { all, findings, messages, namespace, service, workload } from '../../judging';

const ingress = (spec: string, { name = 'web', annotations = '' } = {}) =>
  `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name}, namespace: shop${annotations ? `, annotations: { ${annotations} }` : ''} }, spec: { ${spec} } }`;
const backend = (name: string, port: string) => `service: { name: ${name}, port: { ${port} } }`;
const path = (to: string, more = 'path: /, pathType: Prefix') => `{ ${more}, backend: { ${to} } }`;
const rule = (host: string, ...paths: string[]) =>
  `{ ${host ? `host: ${host}, ` : ''}http: { paths: [${paths.join(', ')}] } }`;
const rules = (...entries: string[]) => `rules: [${entries.join(', ')}]`;

describe('ingress-backend', () => {
  const id = 'ingress-backend';
  const to = (name: string, port: string, annotations = '') =>
    ingress(rules(rule('a.example.com', path(backend(name, port)))), { annotations });
  const web = service('selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }]');
  const at = 'Ingress/shop/web spec.rules[0].http.paths[0].backend.service';
  test('a Service that does not exist is reported by its name', () => {
    expect(findings(id, all(namespace, to('gone', 'number: 80')))).toEqual([`fail ${at}.name = "gone"`]);
    expect(findings(id, to('gone', 'number: 80'))).toEqual([`unknown ${at}.name = "gone"`]);
    expect(messages(id, all(namespace, to('gone', 'number: 80')))[0]).toContain('requests get a 503 response');
  });
  test('a port is named as the Service names it', () => {
    expect(findings(id, all(web, workload(), to('web', 'name: http')))).toEqual([]);
    expect(findings(id, all(web, workload(), to('web', 'number: 80')))).toEqual([]);
    expect(messages(id, all(web, workload(), to('web', 'name: htp')))[0]).toBe(
      'Service web has no port named htp (it has: http (80)), so requests get a 503 response',
    );
    expect(messages(id, all(web, workload(), to('web', 'number: 81')))[0]).toBe(
      'Service web has no port 81 (it has: http (80)), so requests get a 503 response',
    );
    expect(messages(id, all(web, workload(), to('web', 'number: 8080')))[0]).toContain(
      '; 8080 is the port of its pods, and an Ingress names the Service port, 80',
    );
  });
  test('a Service without pods follows from its own finding', () => {
    expect(findings(id, all(namespace, web, to('web', 'number: 80')))).toEqual([`fail ${at}.name = "web"`]);
    expect(messages(id, all(namespace, web, to('web', 'number: 80')))[0]).toBe(
      'Service web selects no pod, so requests get a 503 response',
    );
  });
  test('the ports of an ExternalName are not those of a Service', () =>
    expect(
      findings(id, all(service('type: ExternalName, externalName: a.example.com'), to('web', 'number: 80'))),
    ).toEqual([]));
  test('the AWS Load Balancer Controller reads some backends from annotations', () => {
    const canary = to('canary', 'name: use-annotation');
    expect(findings(id, all(namespace, canary))).toHaveLength(1);
    const action = "alb.ingress.kubernetes.io/actions.canary: '{}'";
    expect(findings(id, all(namespace, to('canary', 'name: use-annotation', action)))).toEqual([]);
    expect(findings(id, all(namespace, to('canary', 'number: 80', action)))).toHaveLength(1);
    const rollout = (alb: string, place = 'shop') =>
      `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: r, namespace: ${place} }, spec: { strategy: { canary: { trafficRouting: { alb: { ${alb} } } } } } }`;
    expect(findings(id, all(namespace, canary, rollout('ingress: web')))).toEqual([]);
    expect(findings(id, all(namespace, canary, rollout('ingresses: [b, web]'), rollout('ingress: c')))).toEqual([]);
    expect(findings(id, all(namespace, canary, rollout('ingress: b')))).toHaveLength(1);
    expect(findings(id, all(namespace, canary, rollout('ingress: web', 'other')))).toHaveLength(1);
  });
  test('a Rollout that splits its traffic in another way annotates nothing', () => {
    const rollout = (spec: string) =>
      `{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: r, namespace: shop }, spec: { ${spec} } }`;
    const canary = to('canary', 'name: use-annotation');
    for (const spec of ['', 'strategy: { canary: { trafficRouting: { nginx: { stableIngress: web } } } }'])
      expect(findings(id, all(namespace, canary, rollout(spec)))).toEqual([`fail ${at}.name = "canary"`]);
  });
  test('a backend without a port is reported by its schema', () =>
    expect(findings(id, all(namespace, web, workload(), to('web', '')))).toEqual([]));
});

describe('ingress-class-exists', () => {
  const id = 'ingress-class-exists';
  const ofClass = (name: string) =>
    ingress(`ingressClassName: ${name}, defaultBackend: { ${backend('web', 'number: 80')} }`);
  const without = (annotations = '') => ingress(`defaultBackend: { ${backend('web', 'number: 80')} }`, { annotations });
  const ingressClass = (name: string, annotations = '') =>
    `{ apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: { name: ${name}${annotations ? `, annotations: { ${annotations} }` : ''} } }`;
  test('it may come with the facts, the manifests or the declaration', () => {
    expect(findings(id, ofClass('nginx'), { facts: ingressClass('nginx') })).toEqual([]);
    expect(findings(id, all(ofClass('nginx'), ingressClass('nginx')))).toEqual([]);
    expect(findings(id, ofClass('nginx'), { declared: ingressClass('nginx') })).toEqual([]);
    const other = '{ apiVersion: v1, kind: ConfigMap, metadata: { name: nginx, namespace: shop } }';
    expect(findings(id, ofClass('nginx'), { declared: other })).toHaveLength(1);
    expect(findings(id, ofClass('nginx'), { declared: ingressClass('a') })).toEqual([
      'fail Ingress/shop/web spec.ingressClassName = "nginx"',
    ]);
  });
  test('it is unknown where neither says which there are', () => {
    expect(findings(id, ofClass('nginx'))).toEqual(['unknown Ingress/shop/web spec.ingressClassName = "nginx"']);
    expect(findings(id, ofClass('nginx'), { facts: ingressClass('a') })).toEqual([
      'fail Ingress/shop/web spec.ingressClassName = "nginx"',
    ]);
    expect(findings(id, ofClass('nginx'), { declared: namespace })).toEqual([
      'unknown Ingress/shop/web spec.ingressClassName = "nginx"',
    ]);
    expect(findings(id, ofClass('nginx'), { complete: true })).toEqual([
      'fail Ingress/shop/web spec.ingressClassName = "nginx"',
    ]);
    expect(messages(id, ofClass('nginx'), { complete: true })[0]).toContain('(it has: none)');
  });
  test('without a class the default one serves it', () => {
    const isDefault = "ingressclass.kubernetes.io/is-default-class: 'true'";
    expect(findings(id, without(), { facts: ingressClass('nginx') })).toEqual([
      'unknown Ingress/shop/web spec.ingressClassName = null',
    ]);
    expect(findings(id, without(), { facts: ingressClass('nginx', isDefault) })).toEqual([]);
    expect(findings(id, without(), { facts: ingressClass('nginx', isDefault.replace('true', 'false')) })).toHaveLength(
      1,
    );
    expect(findings(id, without())).toEqual([]);
    expect(findings(id, without('kubernetes.io/ingress.class: nginx'), { facts: ingressClass('a') })).toEqual([]);
  });
  test('the field counts where the older annotation stands beside it', () => {
    const both = ofClass('nginx').replace(
      'namespace: shop',
      'namespace: shop, annotations: { kubernetes.io/ingress.class: a }',
    );
    expect(findings(id, both, { facts: ingressClass('a') })).toEqual([
      'fail Ingress/shop/web spec.ingressClassName = "nginx"',
    ]);
  });
});

describe('ingress-host-path-unique', () => {
  const id = 'ingress-host-path-unique';
  const of = (
    name: string,
    { host = 'a.example.com', at = '/', type = 'Prefix', cls = 'nginx', to = name, annotations = '' } = {},
  ) =>
    ingress(
      `${cls ? `ingressClassName: ${cls}, ` : ''}${rules(rule(host, path(backend(to, 'number: 80'), `path: ${at}, pathType: ${type}`)))}`,
      { name, annotations },
    );
  const clash = ['fail Ingress/shop/b spec.rules[0].http.paths[0].path = "/"'];
  test('host and path of a class belong to one backend', () => {
    expect(findings(id, all(of('a'), of('b')))).toEqual(clash);
    expect(findings(id, all(of('a'), of('b', { host: 'A.example.com' })))).toEqual(clash);
    expect(messages(id, all(of('a'), of('b')))[0]).toContain('Ingress/shop/a routes a.example.com/ to another backend');
    expect(messages(id, all(of('a', { host: '' }), of('b', { host: '' })))[0]).toContain('routes every host/ to');
  });
  test.each([
    ['the same backend', all(of('a'), of('b', { to: 'a' }))],
    ['another host', all(of('a'), of('b', { host: 'b.example.com' }))],
    ['another path', all(of('a'), of('b', { at: '/b' }))],
    ['another path type', all(of('a'), of('b', { type: 'Exact' }))],
    ['another class', all(of('a'), of('b', { cls: 'traefik' }))],
    [
      'another class by annotation',
      all(of('a', { cls: '' }), of('b', { cls: '', annotations: 'kubernetes.io/ingress.class: traefik' })),
    ],
    ['a canary', all(of('a'), of('b', { annotations: "nginx.ingress.kubernetes.io/canary: 'true'" }))],
    [
      'a load balancer of its own',
      all(of('a'), of('b', { annotations: 'alb.ingress.kubernetes.io/scheme: internal' })),
    ],
  ])('%s is no clash', (_, manifests) => expect(findings(id, manifests)).toEqual([]));
  test('the same service name in another namespace is another backend', () => {
    const elsewhere = of('b', { to: 'a' }).replace('namespace: shop', 'namespace: other');
    expect(findings(id, all(of('a'), elsewhere))).toEqual([
      'fail Ingress/other/b spec.rules[0].http.paths[0].path = "/"',
    ]);
  });
  test('two rules of one Ingress clash as well, wherever they stand', () => {
    const two = ingress(
      rules(
        rule('a.example.com', path(backend('a', 'number: 80'), 'path: /x, pathType: Prefix')),
        rule(
          'a.example.com',
          path(backend('b', 'number: 80'), 'path: /y, pathType: Prefix'),
          path(backend('b', 'number: 80'), 'path: /x, pathType: Prefix'),
        ),
      ),
    );
    expect(findings(id, two)).toEqual(['fail Ingress/shop/web spec.rules[1].http.paths[1].path = "/x"']);
    expect(messages(id, two)[0]).toContain('an earlier rule of this Ingress routes');
  });
  test.each([
    ["canary: 'true'", undefined],
    ["canary: 'True'", undefined],
    ["canary: 'false'", 'canary is "false" and not "true"'],
    ["canary: 'yes', nginx.ingress.kubernetes.io/canary-weight: '10'", 'canary is "yes" and not "true"'],
    ["canary-weight: '10'", 'canary is absent and not "true"'],
    ['canary-by-header: x-next', 'canary is absent and not "true"'],
  ])('%s of ingress-nginx', (annotation, why) => {
    const judged = messages(id, all(of('a'), of('b', { annotations: `nginx.ingress.kubernetes.io/${annotation}` })));
    expect(judged).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
  });
  test.each([
    'nginx.org/mergeable-ingress-type',
    'haproxy.org/route-acl',
    'alb.ingress.kubernetes.io/group.name',
    'alb.ingress.kubernetes.io/conditions',
    'traefik.ingress.kubernetes.io/router.priority',
  ])('annotation %s joins them on purpose', (annotation) => {
    expect(findings(id, all(of('a'), of('b', { annotations: `${annotation}: a` })))).toEqual([]);
    expect(findings(id, all(of('a'), of('b', { annotations: `x-${annotation}: a` })))).toHaveLength(1);
  });
});

describe('ingress-tls-host-match', () => {
  const id = 'ingress-tls-host-match';
  const judged = (tls: string, ...served: string[]) => findings(id, ingress(`tls: [${tls}], ${rules(...served)}`));
  const to = path(backend('web', 'number: 80'));
  const secured = (...hosts: string[]) => `{ hosts: [${hosts.map((host) => `'${host}'`).join(', ')}], secretName: t }`;
  test('each host needs its certificate, each certificate its host', () => {
    expect(judged(secured('a.example.com'), rule('a.example.com', to), rule('b.example.com', to))).toEqual([
      'fail Ingress/shop/web spec.rules[1].host = "b.example.com"',
    ]);
    expect(judged(secured('a.example.com', 'b.example.com'), rule('a.example.com', to))).toEqual([
      'fail Ingress/shop/web spec.tls[0].hosts[1] = "b.example.com"',
    ]);
    expect(
      messages(id, ingress(`tls: [${secured('shp.example.com')}], ${rules(rule('shop.example.com', to))}`)),
    ).toEqual([
      'no entry of spec.tls lists shop.example.com, so it is served without TLS or with the controller\'s default certificate; did you mean "shp.example.com"?',
      'no rule matches shp.example.com, so its certificate is not used and requests for it get a 404 response; did you mean "shop.example.com"?',
    ]);
  });
  test('case does not matter, and a wildcard covers one label, either way', () => {
    expect(judged(secured('A.example.com'), rule('a.Example.com', to))).toEqual([]);
    expect(judged(secured('*.example.com'), rule('a.example.com', to))).toEqual([]);
    expect(judged(secured('a.example.com'), rule("'*.example.com'", to))).toEqual([]);
    expect(judged(secured('*.example.com'), rule('a.b.example.com', to))).toHaveLength(2);
    expect(judged(secured('*.example.com'), rule('a.example.org', to))).toHaveLength(2);
  });
  test('an entry without hosts is for all, and a rule without host takes all', () => {
    expect(judged('{ secretName: t }', rule('b.example.com', to))).toEqual([]);
    expect(judged(`${secured('a.example.com')}, { secretName: t }`, rule('b.example.com', to))).toEqual([]);
    expect(judged(secured('b.example.com'), rule('', to))).toEqual([]);
    expect(judged(secured('b.example.com'), rule('', to), rule('b.example.com', to))).toEqual([]);
    expect(judged(secured('a.example.com', 'b.example.com'), rule('a.example.com', to), rule('', to))).toEqual([]);
  });
  test('a default backend serves every host', () =>
    expect(
      findings(id, ingress(`tls: [${secured('a.example.com')}], defaultBackend: { ${backend('web', 'number: 80')} }`)),
    ).toEqual([]));
  test('without TLS there is nothing to compare', () =>
    expect(findings(id, ingress(rules(rule('a.example.com', to))))).toEqual([]));
  test('a host of a wrong type is reported by its schema', () =>
    expect(judged('{ hosts: [1, a.example.com], secretName: t }', rule('a.example.com', to))).toEqual([]));
});

describe('ingress-tls-secret', () => {
  const id = 'ingress-tls-secret';
  const tls = (name: string, annotations = '') =>
    ingress(`tls: [{ hosts: [a.example.com], secretName: ${name} }]`, { annotations });
  const secret = (data: string, name = 'cert') =>
    `{ apiVersion: v1, kind: Secret, metadata: { name: ${name}, namespace: shop }, type: kubernetes.io/tls${data ? `, ${data}` : ''} }`;
  const at = 'Ingress/shop/web spec.tls[0].secretName';
  test('a Secret that does not exist is reported, with the nearest name', () => {
    expect(findings(id, all(namespace, tls('cert')))).toEqual([`fail ${at} = "cert"`]);
    expect(
      messages(id, all(namespace, secret('data: { tls.crt: YQ==, tls.key: YQ== }', 'certs'), tls('cert')))[0],
    ).toMatch(/serves its default certificate and clients reject it; did you mean "certs"\?$/);
    expect(findings(id, tls('cert'))).toEqual([`unknown ${at} = "cert"`]);
  });
  test('it needs the certificate and its key', () => {
    expect(findings(id, all(namespace, secret('data: { tls.crt: YQ==, tls.key: YQ== }'), tls('cert')))).toEqual([]);
    expect(
      findings(id, all(namespace, secret('data: { tls.crt: YQ== }, stringData: { tls.key: a }'), tls('cert'))),
    ).toEqual([]);
    expect(findings(id, all(namespace, secret('data: { tls.crt: YQ== }'), tls('cert')))).toEqual([
      `fail ${at} = "cert"`,
    ]);
    expect(messages(id, all(namespace, secret('data: { tls.crt: YQ== }'), tls('cert')))[0]).toContain(
      'Secret cert (type kubernetes.io/tls) has no tls.key, so',
    );
    const generic = secret('data: { cert: YQ== }').replace('type: kubernetes.io/tls, ', '');
    expect(messages(id, all(namespace, generic, tls('cert')))[0]).toContain(
      '(type Opaque) has no tls.crt and no tls.key',
    );
    // A controller fills it later.
    expect(findings(id, all(namespace, secret(''), tls('cert')))).toEqual([]);
  });
  test.each([
    [
      'a Certificate',
      all(
        namespace,
        tls('cert'),
        '{ apiVersion: cert-manager.io/v1, kind: Certificate, metadata: { name: c, namespace: shop }, spec: { secretName: cert } }',
      ),
    ],
    ['an annotation of cert-manager', all(namespace, tls('cert', 'cert-manager.io/issuer: public'))],
    ["the controller's default", all(namespace, ingress('tls: [{ hosts: [a.example.com] }]'))],
    ['a Secret of another namespace, for controllers that accept one', all(namespace, tls('other/cert'))],
  ])('%s is fine', (_, manifests) => expect(findings(id, manifests)).toEqual([]));
});
