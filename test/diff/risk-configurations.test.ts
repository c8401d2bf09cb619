/** Configurations of CoreDNS, nginx and Alertmanager as they are written less often. */
import { allOf, classed, MONITORING, messagesOf, risksBetween, workloadOf, worstClass } from './risks';

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

describe('files', () => {
  const id = 'configuration-unread';
  const reader = (volume: string, more = '') =>
    workloadOf({
      pod: `volumes: [${volume}]`,
      container: 'volumeMounts: [{ name: c, mountPath: /etc/app }]',
      more: more && `{ name: log, image: '${more}', volumeMounts: [{ name: c, mountPath: /etc/log }] }`,
    });
  const CONF = '{ name: c, configMap: { name: conf } }';
  test('a comment of an INI file is no change, and of others a semicolon is one', () => {
    const of = (name: string, note: string) => allOf(reader(CONF), mapOf('conf', { [name]: `; ${note}\na = 1\n` }));
    for (const name of ['app.ini', 'my.cnf']) expect(classed(id, of(name, 'one'), of(name, 'two'))).toEqual([]);
    expect(classed(id, of('app.conf', 'one'), of('app.conf', 'two'))).toHaveLength(1);
  });
  test('what pods read until now is not told as what nobody reads', () => {
    const before = allOf(reader(CONF), mapOf('conf', { 'a.conf': 'a' }));
    const after = allOf(reader('{ name: c, emptyDir: {} }'), mapOf('conf', { 'a.conf': 'b' }));
    expect(messagesOf(id, before, after).join()).not.toContain('no pod among the manifests');
  });
  test('all that read one are named', () => {
    const of = (text: string) => allOf(reader(CONF, 'fluent/fluent-bit:4.0'), mapOf('conf', { 'a.conf': text }));
    expect(messagesOf(id, of('a'), of('b'))).toEqual([
      'what web of Deployment/shop/web, fluent-bit of Deployment/shop/web does with a.conf is not known',
    ]);
  });
  test('one that was in a Secret is not read out', () => {
    const nginx = (volume: string, object: string) =>
      allOf(reader(volume).replace('example.com/web:1.4.0', 'nginx:1.29'), object);
    const secret = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden', namespace: 'shop' } },
      stringData: { 'default.conf': 'server { allow 192.0.2.7; deny all; }' },
    });
    const open = mapOf('conf', { 'default.conf': 'server { deny all; }' });
    const before = nginx('{ name: c, secret: { secretName: hidden } }', secret);
    expect(classed('server-reconfigured', before, nginx(CONF, open))).toEqual([]);
    expect(classed(id, before, nginx(CONF, open))).toHaveLength(1);
  });
  test('what is known of one file says nothing of the next', () => {
    const of = (redis: string, other: string) =>
      allOf(
        reader(CONF).replace("'example.com/web:1.4.0'", "'redis:8.2', args: [/etc/app/redis.conf]"),
        mapOf('conf', { 'redis.conf': redis, 'other.conf': other }),
      );
    const found = risksBetween([id, 'redis-persistence'], of('appendonly yes\n', 'a'), of('appendonly no\n', 'b'));
    expect(found.map(({ rule, field }) => `${rule} ${String(field?.path.at(-1))}`).sort()).toEqual([
      'configuration-unread other.conf',
      'redis-persistence redis.conf',
    ]);
  });
});

describe('Prometheus', () => {
  const id = MONITORING;
  const of = (jobs: string, rules: Readonly<Record<string, string>> = {}, named = '[]') =>
    allOf(
      workloadOf({
        name: 'prometheus',
        pod: 'volumes: [{ name: c, configMap: { name: conf } }]',
        container: 'volumeMounts: [{ name: c, mountPath: /etc/prometheus }]',
      }).replace('example.com/prometheus:1.4.0', 'prom/prometheus:v3.5.0'),
      mapOf('conf', { 'prometheus.yml': `rule_files: ${named}\nscrape_configs: [${jobs}]\n`, ...rules }),
    );
  const job = (name: string, ...targets: readonly string[]) =>
    `{ job_name: ${name}, static_configs: [{ targets: [${targets.map((target) => `'${target}'`).join(', ')}] }] }`;
  const dns = (name: string) => `{ job_name: ${name}, dns_sd_configs: [{ names: [db] }] }`;
  test('a target that another job asks is not lost', () => {
    const [before, after] = [
      of(`${job('a', 'x:1', 'y:1')}, ${job('b', 'z:1')}`),
      of(`${job('a', 'x:1')}, ${job('b', 'z:1', 'y:1')}`),
    ];
    expect(messagesOf(id, before, after)).toEqual([]);
  });
  test('one of two jobs that say the same is gone, and not called like the other', () => {
    expect(messagesOf(id, of(`${dns('a')}, ${dns('b')}`), of(dns('b')))).toEqual([
      'the metrics of job a are read no more',
    ]);
  });
  test('jobs in a file that it sees and does not read are none', () => {
    const jobs = { 'more.yml': `scrape_configs:\n- ${dns('b')}\n` };
    expect(messagesOf(id, of(dns('a'), jobs), of(dns('a'), { 'more.yml': 'scrape_configs: []\n' }))).toEqual([]);
  });
  test('a file of recorded series that goes is one that is read here', () => {
    const recorded = { 'r.yml': '{ groups: [{ name: a, rules: [{ record: x, expr: up }] }] }' };
    expect(classed('configuration-unread', of(dns('a'), recorded, '[r.yml]'), of(dns('a'), {}, '[r.yml]'))).toEqual([]);
  });
  test('rules that Helm leaves in the cluster are not lost', () => {
    const rule = (note: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop${note} }, spec: { groups: [{ name: g, rules: [{ alert: A, expr: up }] }] } }`;
    expect(messagesOf(id, rule(', annotations: { helm.sh/resource-policy: keep }'), '')).toEqual([]);
    expect(messagesOf(id, rule(''), '')).toEqual(['nobody is told any more by A']);
  });
  test('a Service of two workloads, of which the files name one', () => {
    const pods = (name: string) =>
      workloadOf({ name, container: 'ports: [{ name: http, containerPort: 8080 }]' }).replace(
        `labels: { app: ${name} }`,
        `labels: { app: ${name}, tier: front }`,
      );
    const base = allOf(
      pods('one'),
      pods('two'),
      '{ apiVersion: v1, kind: Service, metadata: { name: front, namespace: shop, labels: { app: front } }, spec: { selector: { tier: front }, ports: [{ name: http, port: 80, targetPort: http }] } }',
      '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }',
    );
    const monitor =
      '{ apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: { name: front, namespace: shop }, spec: { selector: { matchLabels: { app: front } }, endpoints: [{ port: http }] } }';
    const operated =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main, namespace: shop }, spec: { serviceMonitorSelector: {} } }';
    const scraping = (names: string) =>
      of(
        `{ job_name: pods, kubernetes_sd_configs: [{ role: pod, namespaces: { names: [shop] } }], relabel_configs: [{ action: keep, source_labels: [__meta_kubernetes_pod_label_app], regex: ${names} }] }`,
      );
    const before = allOf(base, operated, monitor);
    expect(classed(id, before, allOf(base, scraping('one')))).toEqual(['disruption ServiceMonitor/shop/front']);
    expect(classed(id, before, allOf(base, scraping('one|two')))).toEqual([]);
  });
});

describe('files of binaryData', () => {
  const of = (text: string, field = 'binaryData') =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: prometheus, namespace: mon }, ${field}: { prometheus.yml: ${field === 'data' ? JSON.stringify(text) : Buffer.from(text).toString('base64')} } }`;
  const jobs = (...names: string[]) => `scrape_configs:\n${names.map((name) => `- job_name: ${name}\n`).join('')}`;
  test('are read as those of data', () => {
    expect(classed('scrape-lost', of(jobs('a', 'b')), of(jobs('a')))).toEqual([
      'disruption ConfigMap/mon/prometheus binaryData["prometheus.yml"]',
    ]);
    expect(classed('scrape-lost', of(jobs('a', 'b'), 'data'), of(jobs('a')))).toHaveLength(1);
    expect(classed('scrape-lost', of(jobs('a'), 'data'), of(jobs('a')))).toEqual([]);
  });
});
