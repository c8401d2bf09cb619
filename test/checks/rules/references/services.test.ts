import { all, configMap, findings, messages, namespace, service, workload } from '../../judging';

const ports = (...names: string[]) =>
  `ports: [${names.map((name, i) => `{ name: ${name}, containerPort: ${8080 + i} }`).join(', ')}]`;
const at = 'Service/shop/web';

describe('service-port-protocol', () => {
  const id = 'service-port-protocol';
  const dns = workload({ container: 'ports: [{ name: dns, containerPort: 53, protocol: UDP }]' });
  const of = (port: string, more = '') =>
    findings(id, all(service(`${more}selector: { app: web }, ports: [{ ${port} }]`), dns));
  test('a named port is resolved together with its protocol', () => {
    expect(of('port: 53, targetPort: dns, protocol: TCP')).toEqual([`fail ${at} spec.ports[0].protocol = "TCP"`]);
    expect(of('port: 53, targetPort: dns')).toEqual([`fail ${at} spec.ports[0] = null`]);
    expect(of('port: 53, targetPort: dns, protocol: UDP')).toEqual([]);
  });
  test('a number is forwarded whether it is declared or not', () => {
    expect(of('port: 53')).toEqual([`unknown ${at} spec.ports[0] = null`]);
    expect(of('port: 80')).toEqual([]);
  });
  test('a headless Service translates no port', () => {
    expect(of('port: 53', 'clusterIP: None, ')).toEqual([]);
    expect(of('port: 53, targetPort: dns', 'clusterIP: None, ')).toEqual([`unknown ${at} spec.ports[0] = null`]);
  });
  test('a port of the pods with the right protocol is enough', () => {
    const both = workload({
      container:
        'ports: [{ name: dns, containerPort: 53, protocol: UDP }, { name: dns, containerPort: 53, protocol: TCP }]',
    });
    expect(findings(id, all(service('selector: { app: web }, ports: [{ port: 53, targetPort: dns }]'), both))).toEqual(
      [],
    );
  });
});

describe('service-selector-unique', () => {
  const id = 'service-selector-unique';
  const web = (name: string, container: string, image = name) =>
    workload({ name, labels: 'app: shop', containers: `{ name: main, image: '${image}', ${container} }` });
  const shared = (port: string, more = '') => service(`${more}selector: { app: shop }, ports: [${port}]`);
  const listens = 'ports: [{ name: http, containerPort: 8080 }]';
  const number = shared('{ port: 80, targetPort: 8080 }');
  test('pods without the port get a share of the connections', () => {
    expect(findings(id, all(number, web('a', listens), web('b', 'args: []')))).toEqual([
      `fail ${at} spec.selector = {"app":"shop"}`,
    ]);
    expect(messages(id, all(number, web('a', listens), web('b', 'args: []')))[0]).toContain(
      'selects pods of 2 workloads, and Deployment b has no port 8080',
    );
    expect(messages(id, all(number, web('a', listens), web('b', 'args: []'), web('c', 'args: []')))[0]).toContain(
      'Deployment b, Deployment c have no port 8080',
    );
  });
  test('it is reported once, however many ports', () =>
    expect(
      findings(
        id,
        all(
          shared('{ name: a, port: 80, targetPort: 8080 }, { name: b, port: 81, targetPort: 8080 }'),
          web('a', listens),
          web('b', 'args: []'),
        ),
      ),
    ).toHaveLength(1));
  test.each([
    ['both have the port', all(number, web('a', listens), web('b', listens))],
    ['none declares it', all(number, web('a', 'args: []'), web('b', 'args: []'))],
    ['one workload', all(number, web('a', 'args: []'))],
    [
      'another version of the same image',
      all(number, web('a', listens, 'r:5000/web:1.0'), web('b', 'args: []', 'r:5000/web:1.1')),
    ],
    ['the same image by digest', all(number, web('a', listens, 'web:1.0'), web('b', 'args: []', 'web@sha256:00'))],
    [
      'a name, which is no endpoint where it is missing',
      all(shared('{ port: 80, targetPort: http }'), web('a', listens), web('b', 'args: []')),
    ],
  ])('%s: fine', (_, manifests) => expect(findings(id, manifests)).toEqual([]));
  test('another registry is another image', () =>
    expect(findings(id, all(number, web('a', listens, 'r:5000/web'), web('b', 'args: []', 's:5000/web')))).toHaveLength(
      1,
    ));
  test('a headless Service resolves to pods without the named port, too', () => {
    const headless = shared('{ port: 80, targetPort: http }', 'clusterIP: None, ');
    expect(findings(id, all(headless, web('a', listens), web('b', 'args: []')))).toHaveLength(1);
    // The version of the image does not help where the name is missing.
    expect(findings(id, all(headless, web('a', listens, 'web:1'), web('b', 'args: []', 'web:2')))).toHaveLength(1);
  });
});

describe('service-selects-workload', () => {
  const id = 'service-selects-workload';
  const of = (spec: string) => service(`${spec}, ports: [{ port: 80 }]`);
  test('pods of the namespace are looked for', () => {
    expect(findings(id, all(namespace, workload(), of('selector: { app: web }')))).toEqual([]);
    expect(findings(id, all(namespace, workload(), of('selector: { app: wbe }')))).toEqual([
      `fail ${at} spec.selector = {"app":"wbe"}`,
    ]);
    expect(findings(id, all(workload(), of('selector: { app: shop }')))).toEqual([
      `unknown ${at} spec.selector = {"app":"shop"}`,
    ]);
  });
  test('an operator may create the pods', () => {
    const prometheus =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: {} }';
    expect(findings(id, all(namespace, prometheus, of('selector: { prometheus: main }')))).toEqual([]);
    expect(findings(id, all(namespace, prometheus, of('selector: { prometheus: mian }')))).toEqual([
      `fail ${at} spec.selector = {"prometheus":"mian"}`,
    ]);
    const manifests = all(namespace, prometheus, of('selector: { app: main }'));
    expect(findings(id, manifests)).toEqual([`unknown ${at} spec.selector = {"app":"main"}`]);
    expect(messages(id, manifests)[0]).toContain('whether the pods of Prometheus main get them is not known');
    expect(messages(id, of('selector: { app: web }'))[0]).toContain('judge the manifests of namespace shop together');
  });
  test('without a selector, or with an external name, it selects nothing on purpose', () => {
    expect(findings(id, all(namespace, of('type: ClusterIP')))).toEqual([]);
    expect(findings(id, all(namespace, of('selector: {}')))).toEqual([]);
    expect(findings(id, all(namespace, of('type: ExternalName, externalName: a.b, selector: { app: x }')))).toEqual([]);
  });
});

describe('service-targetport-resolves', () => {
  const id = 'service-targetport-resolves';
  const judged = (port: string, container = ports('http'), more = '') =>
    findings(id, all(service(`${more}selector: { app: web }, ports: [{ ${port} }]`), workload({ container })));
  test('a name must be that of a container port', () => {
    expect(judged('port: 80, targetPort: http')).toEqual([]);
    expect(judged('port: 80, targetPort: htp')).toEqual([`fail ${at} spec.ports[0].targetPort = "htp"`]);
    expect(judged('port: 80, targetPort: htp', 'args: []')).toHaveLength(1);
    const message = (more: string) =>
      messages(
        id,
        all(
          service(`${more}selector: { app: web }, ports: [{ port: 80, targetPort: htp }]`),
          workload({ container: ports('http') }),
        ),
      )[0];
    expect(message('')).toBe(
      'no container of its pods has a port named htp (they have: http (8080)), so port 80 has no endpoints and every connection to it is refused; did you mean "http"?',
    );
    expect(message('clusterIP: None, ')).toContain('DNS names still resolve to the pods');
  });
  test('of a headless Service it is unknown', () =>
    expect(judged('port: 80, targetPort: htp', undefined, 'clusterIP: None, ')).toEqual([
      `unknown ${at} spec.ports[0].targetPort = "htp"`,
    ]));
  test('a number that is not among declared ports is doubtful', () => {
    expect(judged('port: 80, targetPort: 8081')).toEqual([`unknown ${at} spec.ports[0].targetPort = 8081`]);
    expect(judged('port: 80')).toEqual([`unknown ${at} spec.ports[0].port = 80`]);
    expect(judged('port: 8080')).toEqual([]);
    expect(judged('port: 80', 'args: []')).toEqual([]);
    expect(judged('port: 80', undefined, 'clusterIP: None, ')).toEqual([]);
    expect(judged('port: 80, protocol: UDP')).toEqual([]);
  });
  test('without pods nothing is said', () =>
    expect(findings(id, service('selector: { app: web }, ports: [{ port: 80, targetPort: a }]'))).toEqual([]));
});

describe('sts-headless-service', () => {
  const id = 'sts-headless-service';
  const set = (serviceName: string, replicas = 1) =>
    workload({ kind: 'StatefulSet', spec: `serviceName: ${serviceName}\n  replicas: ${replicas}` });
  const at = 'StatefulSet/shop/web spec.serviceName = "web"';
  const headless = (selector: string) => service(`clusterIP: None, ${selector} ports: [{ port: 80 }]`);
  test('the Service exists and selects the pods', () => {
    expect(findings(id, all(namespace, set('web')))).toEqual([`fail ${at}`]);
    expect(findings(id, set('web'))).toEqual([`unknown ${at}`]);
    expect(findings(id, all(headless('selector: { app: web },'), set('web')))).toEqual([]);
    expect(findings(id, all(headless('selector: { app: b },'), set('web')))).toEqual([`fail ${at}`]);
    expect(messages(id, all(headless('selector: { app: b },'), set('web')))[0]).toContain('(web-0.web)');
    expect(findings(id, all(service('type: ExternalName, externalName: a.b'), set('web')))).toEqual([`fail ${at}`]);
    // Whoever writes its endpoints may give the pods names.
    expect(findings(id, all(headless(''), set('web', 2)))).toEqual([]);
  });
  test('several pods need a headless one to be sure', () => {
    const plain = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(findings(id, all(plain, set('web', 2)))).toEqual([`unknown ${at}`]);
    expect(findings(id, all(plain, set('web', 1)))).toEqual([]);
  });
  test('without a name, and for other kinds, there is nothing to resolve', () => {
    expect(findings(id, all(namespace, set("''")))).toEqual([]);
    expect(findings(id, all(namespace, workload({ spec: 'serviceName: web' })))).toEqual([]);
  });
  test('the Service is what is missing, and a near name is offered', () =>
    expect(
      messages(id, all(namespace, service('clusterIP: None, selector: { app: web }', 'web-peers'), set('web-peer')))[0],
    ).toMatch(/has no Service web-peer, so .*did you mean "web-peers"/));
});

describe('webhook-service-resolves', () => {
  const id = 'webhook-service-resolves';
  const hook = (client: string, { kind = 'ValidatingWebhookConfiguration', policy = 'Fail' } = {}) =>
    `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: h }, webhooks: [{ name: h.example.com, failurePolicy: ${policy}, clientConfig: { service: { ${client} } } }] }`;
  const own = service('selector: { app: web }, ports: [{ port: 443, targetPort: 8443 }]');
  const at = 'webhooks[0].clientConfig.service';
  const web = 'name: web, namespace: shop';
  test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])(
    'the Service of a %s exists',
    (kind) => {
      expect(findings(id, all(namespace, hook(web, { kind })))).toEqual([`fail ${kind}/h ${at}.name = "web"`]);
      expect(findings(id, all(namespace, own, workload(), hook(web, { kind })))).toEqual([]);
    },
  );
  test('what follows depends on the failure policy', () => {
    expect(messages(id, all(namespace, hook(web)))[0]).toContain('so every request that it matches is rejected');
    expect(messages(id, all(namespace, hook(web, { policy: 'Ignore' })))[0]).toContain(
      'every request is admitted without it',
    );
  });
  test('the port is 443 unless another one is set', () => {
    expect(findings(id, all(own, workload(), hook(`${web}, port: 8443`)))).toEqual([
      `fail ValidatingWebhookConfiguration/h ${at}.port = 8443`,
    ]);
    expect(messages(id, all(own, workload(), hook(`${web}, port: 8443`)))[0]).toMatch(
      /; 8443 is the port of its pods, the Service port is 443$/,
    );
    expect(messages(id, all(own, workload(), hook(`${web}, port: 1`)))[0]).toMatch(/is rejected$/);
    const http = service('selector: { app: web }, ports: [{ port: 80 }]');
    expect(findings(id, all(http, workload(), hook(web)))).toEqual([
      `fail ValidatingWebhookConfiguration/h ${at} = 443`,
    ]);
    const udp = service('selector: { app: web }, ports: [{ port: 443, protocol: UDP }]');
    expect(findings(id, all(udp, workload(), hook(web)))).toHaveLength(1);
  });
  test('a Service without pods follows from its own finding', () =>
    expect(messages(id, all(namespace, own, hook(web)))[0]).toMatch(/^Service web selects no pod, so every request/));
  test('a Service without ports, and a reference by URL, are left alone', () => {
    expect(findings(id, all(service('type: ExternalName, externalName: a.b'), hook(web)))).toEqual([]);
    expect(findings(id, all(namespace, hook('name: web')))).toEqual([]);
    expect(findings(id, all(namespace, hook('namespace: shop')))).toEqual([]);
    expect(findings(id, hook(web).replace(/service: \{[^}]*\}/, "url: 'https://a.b'"))).toEqual([]);
  });
  test('conversion webhooks and aggregated APIs call Services as well', () => {
    const crd = (strategy: string) =>
      `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: a.b.c }, spec: { conversion: { strategy: ${strategy}, webhook: { clientConfig: { service: { ${web} } } } } } }`;
    expect(findings(id, all(namespace, crd('Webhook')))).toEqual([
      'fail CustomResourceDefinition/a.b.c spec.conversion.webhook.clientConfig.service.name = "web"',
    ]);
    expect(messages(id, all(namespace, crd('Webhook')))[0]).toContain('its objects cannot be converted');
    expect(findings(id, all(namespace, crd('None')))).toEqual([]);
    const api = `{ apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: { name: v1.a.b }, spec: { service: { ${web} } } }`;
    expect(findings(id, all(namespace, api))).toEqual(['fail APIService/v1.a.b spec.service.name = "web"']);
    expect(messages(id, all(namespace, api))[0]).toContain('the API is not available');
  });
  test('other objects call nothing', () => expect(findings(id, all(namespace, configMap('a', 'b: c')))).toEqual([]));
  test('without pods it is reported by the name of the Service', () =>
    expect(findings(id, all(namespace, own, hook(web)))).toEqual([
      `fail ValidatingWebhookConfiguration/h ${at}.name = "web"`,
    ]));
});
