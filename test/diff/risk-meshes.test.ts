import { allOf, classed, classedInPart, messagesOf, workloadOf, worstClass } from './risks';

const namespace = (labels: string, annotations = '') =>
  `{ apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: { a: b${labels} }, annotations: { a: b${annotations} } } }`;

describe('mesh-switched', () => {
  const id = 'mesh-switched';
  test.each([
    ['istio-injection: enabled', ''],
    ['istio.io/rev: stable', ''],
    ['istio.io/dataplane-mode: ambient', ''],
    ['kuma.io/sidecar-injection: enabled', ''],
    ['', 'linkerd.io/inject: enabled'],
    ['', 'linkerd.io/inject: ingress'],
  ])('a namespace with %s%s', (label, annotation) => {
    const inside = namespace(label && `, ${label}`, annotation && `, ${annotation}`);
    const path = label ? 'labels' : 'annotations';
    const lost = classed(id, inside, namespace(''));
    expect(lost.map((found) => found.split(' ')[0])).toEqual(['disruption', 'exposure']);
    expect(lost[0]).toContain(`metadata.${path}`);
    expect(lost[0]).toContain((label || annotation).split(':')[0]);
    expect(classed(id, namespace(''), inside)).toHaveLength(1);
    expect(worstClass(namespace(''), inside)).toBe('disruption');
  });
  test.each([
    ['that says no', namespace(''), namespace(', istio-injection: disabled')],
    ['of another revision', namespace(', istio.io/rev: a'), namespace(', istio.io/rev: b')],
    ['by the other label', namespace(', istio-injection: enabled'), namespace(', istio.io/rev: a')],
    ['that is new', '', namespace(', istio-injection: enabled')],
  ])('nothing of a namespace %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('the older label decides', () => {
    const both = namespace(', istio-injection: disabled, istio.io/rev: a');
    expect(classed(id, namespace(', istio.io/rev: a'), both)).toHaveLength(2);
    expect(classed(id, both, namespace(''))).toEqual([]);
  });
  test('a proxy of the nodes holds at once, one in the pods from their next restart on', () => {
    expect(messagesOf(id, namespace(''), namespace(', istio.io/dataplane-mode: ambient'))[0]).toContain('at once');
    expect(messagesOf(id, namespace(''), namespace(', istio-injection: enabled'))[0]).toContain('next restart');
  });
  test('a workload', () => {
    const pods = (more: string) => workloadOf({ meta: `annotations: { a: b${more} }` });
    expect(classed(id, pods(', linkerd.io/inject: enabled'), pods(', linkerd.io/inject: disabled'))).toHaveLength(2);
    expect(classed(id, pods(''), pods(', sidecar.istio.io/inject: "false"'))).toHaveLength(2);
    expect(classed(id, pods(''), pods(', sidecar.istio.io/inject: "true"'))).toHaveLength(1);
    expect(classed(id, pods(''), pods(', c: d'))).toEqual([]);
  });
});

const of = (kind: string, spec: string, api = 'security.istio.io/v1') =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`;

describe('mutual TLS', () => {
  const peers = (mode: string, more = '') => of('PeerAuthentication', `mtls: { mode: ${mode} }${more}`);
  const rule = (mode: string) =>
    of('DestinationRule', `host: web, trafficPolicy: { tls: { mode: ${mode} } }`, 'networking.istio.io/v1');
  test.each([
    ['STRICT, and lenient', peers('STRICT'), peers('PERMISSIVE'), 1, 1],
    ['PERMISSIVE, and none', peers('PERMISSIVE'), peers('DISABLE'), 1, 1],
    ['STRICT, and what the mesh says', peers('STRICT'), peers('UNSET'), 1, 1],
    ['none on one port', peers('STRICT'), peers('STRICT', ', portLevelMtls: { 8080: { mode: DISABLE } }'), 1, 1],
    [
      'STRICT on one port',
      peers('PERMISSIVE', ', portLevelMtls: { 8080: { mode: STRICT } }'),
      peers('PERMISSIVE'),
      1,
      1,
    ],
    ['a policy that is strict and goes', peers('STRICT'), '', 1, 1],
    ['a sidecar that sends without', rule('ISTIO_MUTUAL'), rule('DISABLE'), 1, 1],
    [
      'a sidecar that finds out by itself',
      rule('ISTIO_MUTUAL'),
      of('DestinationRule', 'host: web', 'networking.istio.io/v1'),
      0,
      0,
    ],
  ])('%s', (_, before, after, opens, closes) => {
    expect(classed('guard-removed', before, after)).toHaveLength(opens);
    expect(classed('guard-tightened', after, before)).toHaveLength(closes);
    expect(classed('guard-tightened', before, after)).toEqual([]);
  });
  test('a lenient policy that goes may leave a strict one', () => {
    expect(classed('guard-removed', peers('PERMISSIVE'), '')).toEqual([]);
    expect(classed('guard-tightened', peers('PERMISSIVE'), '')).toHaveLength(1);
  });
  test('a lenient mode that is not set any more is seldom a stricter one', () => {
    expect(classed('guard-tightened', peers('PERMISSIVE'), peers('UNSET'))).toEqual([]);
    expect(classed('guard-tightened', peers('DISABLE'), peers('UNSET'))).toHaveLength(1);
  });
  test('tokens', () => {
    const tokens = (...issuers: readonly string[]) =>
      of('RequestAuthentication', `jwtRules: [${issuers.map((issuer) => `{ issuer: ${issuer} }`).join(', ')}]`);
    expect(classed('guard-removed', tokens('a', 'b'), tokens('a'))).toHaveLength(1);
    expect(classed('guard-removed', tokens('a'), tokens('a', 'b'))).toEqual([]);
    expect(classed('guard-removed', tokens('a'), '')).toHaveLength(1);
    expect(classed('guard-tightened', '', tokens('a'))).toHaveLength(1);
  });
});

describe('an Ingress', () => {
  const ingress = (annotations: string) =>
    `{ apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: web, namespace: shop, annotations: { a: b${annotations} } }, spec: { ingressClassName: nginx, defaultBackend: { service: { name: web, port: { number: 80 } } } } }`;
  const nginx = (name: string, value: string) => ingress(`, nginx.ingress.kubernetes.io/${name}: '${value}'`);
  test.each([
    ['a list that goes', nginx('whitelist-source-range', '10.0.0.0/8'), ingress(''), 1, 1],
    [
      'a longer list',
      nginx('whitelist-source-range', '10.0.0.0/8'),
      nginx('whitelist-source-range', '10.0.0.0/8,192.0.2.0/24'),
      1,
      1,
    ],
    [
      'a wider range',
      nginx('allowlist-source-range', '10.0.0.0/9'),
      nginx('allowlist-source-range', '10.0.0.0/8'),
      1,
      1,
    ],
    [
      'the same in another order',
      nginx('whitelist-source-range', '10.0.0.0/8,192.0.2.0/24'),
      nginx('whitelist-source-range', '192.0.2.0/24, 10.0.0.0/8'),
      0,
      0,
    ],
    [
      'everybody by a range',
      nginx('whitelist-source-range', '10.0.0.0/8'),
      nginx('whitelist-source-range', '0.0.0.0/0'),
      1,
      1,
    ],
    ['a refusal that goes', nginx('denylist-source-range', '10.0.0.0/8'), ingress(''), 1, 1],
    [
      'one address refused more',
      nginx('denylist-source-range', '10.0.0.0/8'),
      nginx('denylist-source-range', '10.0.0.0/7'),
      0,
      0,
    ],
    ['the list of HAProxy', ingress(', haproxy.org/allow-list: 10.0.0.0/8'), ingress(''), 1, 1],
    ['the list of ALB', ingress(', alb.ingress.kubernetes.io/inbound-cidrs: 10.0.0.0/8'), ingress(''), 1, 1],
    ['a login', nginx('auth-url', 'https://login.example.com'), ingress(''), 1, 1],
    ['a redirect that is turned off', ingress(''), nginx('ssl-redirect', 'false'), 1, 0],
    ['a firewall', nginx('enable-modsecurity', 'true'), ingress(''), 1, 0],
    ['a login that was none', ingress(', alb.ingress.kubernetes.io/auth-type: none'), ingress(''), 0, 0],
    ['one guard in place of all', ingress(''), nginx('satisfy', 'any'), 1, 0],
  ])('%s', (_, before, after, opens, closes) => {
    expect(classed('guard-removed', before, after)).toHaveLength(opens);
    expect(classed('guard-tightened', after, before)).toHaveLength(closes);
  });
  test('a refusal that comes keeps somebody out', () => {
    expect(classed('guard-tightened', ingress(''), nginx('denylist-source-range', '10.0.0.0/8'))).toHaveLength(1);
    expect(
      classed(
        'guard-tightened',
        nginx('denylist-source-range', '10.0.0.0/8'),
        nginx('denylist-source-range', '10.0.0.0/7'),
      ),
    ).toHaveLength(1);
  });
});

describe('namespace-chosen', () => {
  const id = 'namespace-chosen';
  const [chosen, not] = [namespace(', team: a'), namespace('')];
  const selector = 'namespaceSelector: { matchLabels: { team: a } }';
  test.each([
    [
      'a webhook',
      `{ apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: { name: w }, webhooks: [{ name: w.example.com, ${selector} }] }`,
      'privilege',
      'disruption',
    ],
    [
      'a policy of admission',
      `{ apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicyBinding, metadata: { name: w }, spec: { policyName: p, matchResources: { ${selector} } } }`,
      'privilege',
      'disruption',
    ],
    [
      'a listener',
      '{ apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: { name: gw, namespace: edge }, spec: { gatewayClassName: g, listeners: [{ name: l, port: 80, protocol: HTTP, allowedRoutes: { namespaces: { from: Selector, selector: { matchLabels: { team: a } } } } }] } }',
      'disruption',
      'exposure',
    ],
    [
      'a NetworkPolicy about unknown pods',
      `{ apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: { name: p, namespace: other }, spec: { podSelector: {}, ingress: [{ from: [{ ${selector} }] }] } }`,
      'disruption',
      'exposure',
    ],
  ])('%s', (_, by, ends, begins) => {
    const found = (before: string, after: string) => classedInPart(id, allOf(by, before), allOf(by, after));
    expect(found(chosen, not)).toEqual([`${ends} Namespace/shop metadata.labels.team`]);
    expect(found(not, chosen)).toEqual([`${begins} Namespace/shop metadata.labels.team`]);
    expect(found(chosen, chosen.replace('a: b', 'a: c'))).toEqual([]);
  });
});
