/** Configurations of CoreDNS, nginx and Alertmanager as they are written less often. */
import { allOf, classed, messagesOf, risksBetween, workloadOf, worstClass } from './risks';

const mapOf = (name: string, data: Readonly<Record<string, string>>) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data });

describe('CoreDNS', () => {
  const id = 'names-unresolved';
  const dns = (text: string) => mapOf('coredns', { Corefile: text });
  test('a part that is imported into the block of all names', () => {
    const part = (text: string) => mapOf('coredns-custom', { 'shop.override': text });
    expect(messagesOf(id, part('rewrite name a.example b.example\n'), part('log\n'))).toEqual([
      'in the block of all zones: rewrite is gone: names are not rewritten any more',
    ]);
  });
  test('a zone that gets a block of its own', () => {
    const [before, after] = [dns('.:53 {\n whoami\n}\n'), dns('.:53 {\n whoami\n}\ncorp.example {\n file /a\n}\n')];
    expect(classed(id, before, after)).toEqual(['unknown ConfigMap/shop/coredns data.Corefile']);
    expect(messagesOf(id, before, after)[0]).toContain('names of corp.example are answered by a block of their own');
  });
  test.each([
    ['tls', 853],
    ['https', 443],
    ['grpc', 443],
    ['dns', 53],
  ])('the port of %s, written out', (scheme, port) => {
    const of = (zone: string) => dns(`${scheme}://${zone} {\n whoami\n}\n`);
    expect(classed(id, of('a.example'), of(`a.example:${port}`))).toEqual([]);
    expect(classed(id, of('a.example'), of('a.example:1053'))).toHaveLength(2);
  });
  test('hosts with addresses of IPv6', () => {
    const of = (...lines: readonly string[]) => dns(`. {\n hosts {\n ${lines.join('\n ')}\n }\n}\n`);
    expect(messagesOf(id, of('fd00::1 db.corp', 'fd00::2 mq.corp'), of('fd00::1 db.corp'))).toEqual([
      'in the block of all zones: hosts does not know mq.corp any more',
    ]);
  });
  test('what is not read in one block stays unknown, whatever the next one says', () => {
    const of = (answer: string) =>
      dns(`a.example {\n template IN A {\n answer "${answer}"\n }\n}\nb.example {\n whoami\n}\n`);
    expect(worstClass(of('a'), of('b'))).toBe('unknown');
  });
  test('one that did not load before', () => {
    expect(worstClass(dns('. {\n whoami\n'), dns('. {\n whoami\n}\n'))).toBe('unknown');
  });
});

describe('nginx', () => {
  const id = 'server-reconfigured';
  const nginx = (text: string) => mapOf('web', { 'default.conf': text });
  const at = (rules: string) => nginx(`server { listen 80; server_name a; ${rules} }`);
  test.each([
    [
      'the first rule that names somebody decides',
      'deny 10.1.0.0/16; allow 10.0.0.0/8; deny all;',
      'allow 10.0.0.0/8; deny all;',
      'exposure',
      'lets in 10.1.0.0/16,',
    ],
    ['addresses of IPv6', 'deny 2001:db8::/32;', '', 'exposure', 'lets in everybody'],
    ['who is no address', 'allow unix:; deny all;', 'deny all;', 'exposure', 'may let in others'],
    [
      'a certificate of anybody',
      'ssl_verify_client on;',
      'ssl_verify_client optional_no_ca;',
      'exposure',
      'ssl_verify',
    ],
    ['a place with a password', 'location /a { auth_basic x; }', '', 'exposure', 'location /a is gone, and whom'],
  ])('%s', (_, before, after, risk, message) => {
    expect(messagesOf(id, at(before), at(after))).toEqual([expect.stringContaining(message)]);
    expect(classed(id, at(before), at(after))).toEqual([`${risk} ConfigMap/shop/web data["default.conf"]`]);
  });
  test('a server that goes is told once, and not with each place in it', () => {
    const second = 'server { server_name b; location /a { deny all; location /a/b { allow all; } } }';
    expect(messagesOf(id, nginx(`server { server_name a; } ${second}`), nginx('server { server_name a; }'))).toEqual([
      expect.stringContaining('server b is gone'),
    ]);
  });
  test('one that did not load before', () => {
    expect(worstClass(nginx('server { deny all;'), nginx('server { }'))).toBe('unknown');
  });
  test('what a Secret holds is not read out', () => {
    const secret = (text: string) =>
      allOf(
        JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', namespace: 'shop' } },
          stringData: { 'default.conf': text },
        }),
        workloadOf({
          pod: 'volumes: [{ name: c, secret: { secretName: web } }]',
          container: 'volumeMounts: [{ name: c, mountPath: /etc/nginx/conf.d }]',
        }).replace('example.com/web:1.4.0', 'nginx:1.29'),
      );
    const [before, after] = [secret('server { allow 192.0.2.7; deny all; }'), secret('server { deny all; }')];
    expect(classed(id, before, after)).toEqual([]);
    expect(worstClass(before, after)).toBe('unknown');
  });
});

describe('Alertmanager', () => {
  const id = 'notifications-lost';
  const RECEIVERS =
    "receivers: [{ name: team, webhook_configs: [{ url: 'http://t' }] }, { name: pager, webhook_configs: [{ url: 'http://p' }] }]\n";
  const of = (route: string, more = '') =>
    mapOf('alertmanager', { 'alertmanager.yml': `route: { receiver: team, ${route} }\n${RECEIVERS}${more}` });
  const inhibitions = (...sources: readonly string[]) =>
    `inhibit_rules: [${sources.map((name) => `{ source_matchers: ['alertname="${name}"'], target_matchers: ['severity="info"'] }`).join(', ')}]\n`;
  test('an inhibition beside others', () => {
    expect(messagesOf(id, of('', inhibitions('A')), of('', inhibitions('A', 'B')))).toEqual([
      'alerts with severity="info" are held back while one with alertname="B" fires',
    ]);
    expect(messagesOf(id, of('', inhibitions('A', 'B')), of('', inhibitions('B')))).toEqual([]);
  });
  test.each(['crit.*', 'page|crit.+', '(critical|p[12])', 'p\\d', 'Critical|.*'])(
    'a route by the expression %s that goes',
    (expression) => {
      const by = of(`routes: [{ matchers: ['severity=~"${expression.replaceAll('\\', '\\\\')}"'], receiver: pager }]`);
      expect(classed(id, by, of('routes: []'))).toEqual([
        'disruption ConfigMap/shop/alertmanager data["alertmanager.yml"]',
      ]);
      const messages = messagesOf(id, by, of('routes: []'));
      expect(messages.join()).toContain('not told to pager any more, but to team');
    },
  );
  test('hours of one receiver, while another one is told at all times', () => {
    const routes = (hours: string) =>
      of(
        `routes: [{ receiver: pager, continue: true${hours} }, { receiver: team }]`,
        "time_intervals: [{ name: night, time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }] }] }]\n",
      );
    expect(messagesOf(id, routes(''), routes(', mute_time_intervals: [night]'))).toEqual([
      'what no other route takes is held back from pager at times (night)',
    ]);
    expect(messagesOf(id, routes(', mute_time_intervals: [night]'), routes(''))).toEqual([]);
  });
  test('an object that reads fewer configurations is told there, whatever else changes', () => {
    const config =
      "{ apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: { name: a, namespace: shop }, spec: { route: { receiver: pager, matchers: [{ name: severity, value: critical }] }, receivers: [{ name: pager, webhookConfigs: [{ url: 'http://p' }] }] } }";
    const main = (selector: string) =>
      allOf(
        `{ apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: { name: main, namespace: shop }, spec: { ${selector} } }`,
        JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'alertmanager-main', namespace: 'shop' } },
          stringData: { 'alertmanager.yaml': `route: { receiver: team }\n${RECEIVERS}` },
        }),
        config,
      );
    const beside = (text: string) => mapOf('aaa', { text });
    const found = risksBetween(
      [id],
      allOf(beside('a'), main('alertmanagerConfigSelector: {}')),
      allOf(beside('b'), main('')),
    );
    expect(found.map(({ change }) => change.id)).toEqual(['Alertmanager/shop/main']);
  });
});
