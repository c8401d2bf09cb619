/** What programs do otherwise because a file of a ConfigMap or Secret says something else. */
import { allOf, classed, classedInPart, MONITORING, messagesOf, risksBetween, worstClass } from './risks';

const program = (image: string, at: string, spec = '', config = 'conf') =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: app, namespace: shop }, spec: { selector: { matchLabels: { app: app } }, template: { metadata: { labels: { app: app } }, spec: { containers: [{ name: app, image: '${image}', volumeMounts: [{ name: c, mountPath: ${at} }]${spec && `, ${spec}`} }], volumes: [{ name: c, configMap: { name: ${config} } }] } } } }`;
const file = (name: string, text: string, map = 'conf') =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: map, namespace: 'shop' }, data: { [name]: text } })}`;
const both = (image: string, at: string, name: string) => (text: string) => allOf(program(image, at), file(name, text));
/** `unknown ConfigMap/shop/conf`, of the worst class that all rules give. */
const worst = (before: string, after: string) => worstClass(before, after);

describe('configuration-unread', () => {
  const id = 'configuration-unread';
  const haproxy = both('haproxy:3.2', '/etc/haproxy', 'haproxy.cfg');
  test('a file that a program is configured by', () => {
    const [before, after] = [haproxy('frontend a\n  acl ok src 10.0.0.0/8\n'), haproxy('frontend a\n')];
    expect(classed(id, before, after)).toEqual(['unknown ConfigMap/shop/conf data["haproxy.cfg"]']);
    expect(messagesOf(id, before, after)).toEqual([
      'what haproxy of Deployment/shop/app does with haproxy.cfg is not known',
    ]);
    expect(worst(before, after)).toBe('unknown');
  });
  test.each([
    ['envoyproxy/envoy:v1.34.0', 'envoy.yaml', 'admin: { a: 1 }', 'admin: { a: 2 }'],
    ['fluent/fluent-bit:4.0.0', 'fluent-bit.conf', '[OUTPUT]\n  Name es\n', '[OUTPUT]\n  Name null\n'],
    ['otel/opentelemetry-collector:0.130.0', 'config.yaml', 'service: { pipelines: {} }', 'service: {}'],
    ['bash:5', 'run.sh', '#!/bin/sh\nexec a\n', '#!/bin/bash\nexec a\n'],
    ['postgres:16.4', 'pg_hba.conf', 'host all all 10.0.0.0/8 scram-sha-256\n', 'host all all 0.0.0.0/0 trust\n'],
    [
      'nginx:1.29',
      'default.conf',
      'server { listen 80; proxy_read_timeout 30s; }',
      'server { listen 80; proxy_read_timeout 3s; }',
    ],
    ['prom/prometheus:v3.5.0', 'targets.json', '[{"targets": ["a:1"]}]', '[]'],
  ])('%s: %s', (image, name, was, is) => {
    const of = both(image, '/etc/app', name);
    expect(worst(of(was), of(is))).toBe('unknown');
  });
  test.each([
    ['comments and blank lines', 'a.conf', '# one\na 1\n', '# two\n\na 1\n'],
    ['another way to write the same', 'a.yaml', 'a: {b: [1, 2]}', 'a:\n  b:\n    - 1\n    - 2\n'],
    ['a page that is handed out', 'index.html', '<p>a', '<p>b'],
    ['a dashboard', 'web.json', '{"panels": [], "schemaVersion": 1}', '{"panels": [{}], "schemaVersion": 1}'],
  ])('not %s', (_, name, was, is) => {
    const of = both('example.com/app:1', '/etc/app', name);
    expect(classed(id, of(was), of(is))).toEqual([]);
  });
  test('a second document of YAML is no comment', () => {
    const of = both('example.com/app:1', '/etc/app', 'a.yaml');
    expect(worst(of('a: 1\n---\nb: 1\n'), of('a: 1\n---\nb: 2\n'))).toBe('unknown');
  });
  test('a file that comes or goes, and one of another ConfigMap at its place', () => {
    const at = (name: string) =>
      allOf(program('haproxy:3.2', '/etc/haproxy', '', name), file('haproxy.cfg', `${name}\n`, name));
    expect(classed(id, at('one'), at('two'))).toEqual(['unknown ConfigMap/shop/two']);
    const more = `${file('haproxy.cfg', 'a').slice(0, -2)},"b.cfg":"b"}}`;
    const all = allOf(program('haproxy:3.2', '/etc/haproxy'), more);
    expect(messagesOf(id, haproxy('a'), all)).toEqual([
      'what haproxy of Deployment/shop/app does with b.cfg, which is new, is not known',
    ]);
    expect(messagesOf(id, all, haproxy('a'))).toEqual([
      'what haproxy of Deployment/shop/app does with b.cfg, which is gone, is not known',
    ]);
  });
  test('a ConfigMap that follows its content by a hash', () => {
    const of = (hash: string, text: string) =>
      allOf(program('haproxy:3.2', '/etc/haproxy', '', `conf-${hash}`), file('haproxy.cfg', text, `conf-${hash}`));
    expect(risksBetween([id], of('5d4b9f7c8k', 'a'), of('7g2hk6tm4d', 'b'))).toHaveLength(1);
  });
  test('what a variable says is told as what it is', () => {
    const by = (level: string) =>
      allOf(
        program('example.com/app:1', '/etc/app', 'envFrom: [{ configMapRef: { name: env } }]'),
        file('a', 'x'),
        file('LEVEL', level, 'env'),
      );
    expect(classed(id, by('info'), by('debug'))).toEqual([]);
    expect(worst(by('info'), by('debug'))).toBe('restart');
  });
  test('a ConfigMap that no pod mounts, such as one that a controller asks the API server for', () => {
    const [before, after] = [file('use-forwarded-headers', 'false'), file('use-forwarded-headers', 'true')];
    expect(classedInPart(id, before, after)).toEqual(['unknown ConfigMap/shop/conf data.use-forwarded-headers']);
    expect(messagesOf(id, before, after)).toEqual([
      'no pod among the manifests reads use-forwarded-headers: who does, and what comes of it, is not known',
    ]);
  });
  test('of a Secret what configures a program, and not what somebody proves himself by', () => {
    const secret = (name: string, text: string) =>
      allOf(
        program('example.com/app:1', '/etc/app').replace('configMap: { name: conf }', 'secret: { secretName: conf }'),
        `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'conf', namespace: 'shop' }, stringData: { [name]: text } })}`,
      );
    expect(classed(id, secret('users.yaml', 'a: 1'), secret('users.yaml', 'a: 2'))).toHaveLength(1);
    expect(classed(id, secret('password', 'a'), secret('password', 'b'))).toEqual([]);
    expect(JSON.stringify(messagesOf(id, secret('a.conf', 'hunter2'), secret('a.conf', 'x')))).not.toContain('hunter2');
  });
  test('is not told beside what is known of the same file', () => {
    const of = both('redis:8.2', '/etc/redis', 'redis.conf');
    const redis = (text: string) =>
      of(text).replace("image: 'redis:8.2'", "image: 'redis:8.2', args: [/etc/redis/redis.conf]");
    const ids = [id, 'redis-persistence'];
    expect(risksBetween(ids, redis('appendonly yes\n'), redis('appendonly no\n')).map(({ rule }) => rule)).toEqual([
      'redis-persistence',
    ]);
    expect(risksBetween(ids, redis('timeout 1\n'), redis('timeout 2\n')).map(({ rule }) => rule)).toEqual([id]);
  });
});

describe('names-unresolved', () => {
  const id = 'names-unresolved';
  const dns = (text: string) => file('Corefile', text);
  const BASE = 'kubernetes cluster.local in-addr.arpa ip6.arpa\n';
  const one = (plugins: string) => dns(`.:53 {\n  ${plugins}\n}\n`);
  test.each([
    ['no cluster', one(`${BASE}  forward . 1.1.1.1`), one('forward . 1.1.1.1'), 'kubernetes is gone'],
    ['no outside', one(`${BASE}  forward . 1.1.1.1`), one(BASE), 'forward is gone'],
    ['a zone of the cluster', one(BASE), one('kubernetes cluster.local'), 'does not answer for in-addr.arpa, ip6.arpa'],
    [
      'hosts',
      one('hosts {\n 10.0.0.1 db.corp vault.corp\n fallthrough\n }'),
      one('hosts {\n 10.0.0.1 db.corp\n fallthrough\n }'),
      'hosts does not know vault.corp',
    ],
    ['rewrite', one('rewrite name a.example b.example'), one('errors'), 'rewrite is gone'],
    ['readiness', one('ready'), one('errors'), 'ready is gone'],
    [
      'one of two upstreams',
      one('forward corp 10.0.0.1\n forward . 1.1.1.1'),
      one('forward . 1.1.1.1'),
      'names of corp are not passed on',
    ],
    [
      'a stub zone',
      dns('.:53 {\n whoami\n}\ncorp.example {\n forward . 10.0.0.1\n}\n'),
      dns('.:53 {\n whoami\n}\n'),
      'names of corp.example, which 10.0.0.1 was asked for, are not answered by a block of their own any more: those of a wider one answer',
    ],
    [
      'one of two zones of a block',
      dns('a.example, b.example {\n whoami\n}\n'),
      dns('a.example {\n whoami\n}\n'),
      'names of b.example',
    ],
    [
      'what a snippet holds',
      dns(`(all) {\n ${BASE}}\n.:53 {\n import all\n}\n`),
      dns('(all) {\n errors\n}\n.:53 {\n import all\n}\n'),
      'kubernetes is gone',
    ],
    ['a brace', one('ready'), dns('.:53 {\n ready\n'), 'CoreDNS does not load it'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual(['disruption ConfigMap/shop/conf data.Corefile']);
  });
  test('another upstream is not known to have the same names, and an acl that goes lets somebody in', () => {
    expect(classed(id, one('forward . 1.1.1.1'), one('forward . 9.9.9.9'))).toEqual([
      'unknown ConfigMap/shop/conf data.Corefile',
    ]);
    expect(classed(id, one('acl {\n block net 10.0.0.0/8\n }'), one('errors'))).toEqual([
      'exposure ConfigMap/shop/conf data.Corefile',
    ]);
  });
  test.each([
    ['order, comments, caches and logs', one(`${BASE}  cache 30`), one(`# all\n  log\n  cache 60\n  ${BASE}`)],
    ['the port that holds anyway', dns('. {\n whoami\n}\n'), dns('.:53 {\n whoami\n}\n')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
    expect(classed('configuration-unread', before, after)).toEqual([]);
  });
  test('what no rule reads of a Corefile is not known', () => {
    expect(worst(one('template IN A a {\n answer "a"\n }'), one('template IN A a {\n answer "b"\n }'))).toBe('unknown');
  });
});

describe('server-reconfigured', () => {
  const id = 'server-reconfigured';
  const nginx = both('nginx:1.29', '/etc/nginx/conf.d', 'default.conf');
  const at = (rules: string) => nginx(`server { listen 80; server_name a; ${rules} location / { return 200; } }`);
  test.each([
    ['no list', at('allow 10.0.0.0/8; deny all;'), at(''), 'exposure', 'nginx lets in everybody, whom it refused'],
    [
      'a wider one',
      at('allow 10.0.0.0/9; deny all;'),
      at('allow 10.0.0.0/8; deny all;'),
      'exposure',
      'lets in 10.128.0.0/9, whom',
    ],
    [
      'a narrower one',
      at('allow 10.0.0.0/8; deny all;'),
      at('allow 10.0.0.0/9; deny all;'),
      'disruption',
      'refuses 10.128.0.0/9',
    ],
    ['a deny that goes', at('deny 192.0.2.0/24;'), at(''), 'exposure', 'lets in everybody'],
    [
      'no password',
      at('auth_basic "x"; auth_basic_user_file /a;'),
      at('auth_basic_user_file /a;'),
      'exposure',
      '(auth_basic)',
    ],
    ['a password that is off', at('auth_basic x;'), at('auth_basic off;'), 'exposure', '(auth_basic)'],
    ['a password', at(''), at('auth_basic x;'), 'disruption', 'nginx asks who somebody is'],
    [
      'no certificate',
      at('ssl_verify_client on;'),
      at('ssl_verify_client optional;'),
      'exposure',
      '(ssl_verify_client)',
    ],
    ['no login', at('auth_request /auth;'), at(''), 'exposure', '(auth_request)'],
    [
      'a guarded place goes',
      at('location /admin { deny all; }'),
      at(''),
      'exposure',
      'server a (80), location /admin is gone, and whom it refused',
    ],
    ['a place goes', at('location /b { return 200; }'), at(''), 'disruption', 'location /b is gone'],
    ['a semicolon', at('gzip on;'), at('gzip on'), 'disruption', 'gzip has no block: a semicolon is missing'],
    ['a brace', at(''), nginx('server { listen 80;'), 'disruption', 'nginx does not load it'],
  ])('%s', (_, before, after, risk, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual([`${risk} ConfigMap/shop/conf data["default.conf"]`]);
  });
  test('a location that takes the requests of another one', () => {
    const guarded = (modifier: string) => at(`location ${modifier}/admin { allow 10.0.0.0/8; deny all; return 200; }`);
    // Below the path, requests were answered by the other location, and are refused now.
    expect(messagesOf(id, guarded('= '), guarded(''))).toEqual([
      'nginx refuses all but those that it allows, whom it let in (allow, deny), at server a (80), location /admin',
    ]);
    expect(messagesOf(id, guarded(''), guarded('= '))).toEqual([expect.stringContaining('location /admin is gone')]);
    expect(worst(guarded(''), guarded('^~ '))).not.toBe('exposure');
    expect(messagesOf(id, at(''), guarded(''))).toHaveLength(1);
    expect(
      messagesOf(id, at('location /a { deny all; }'), at('location /a { deny all; } location /a/b { allow all; }')),
    ).toEqual([expect.stringContaining('at server a (80), location /a/b')]);
  });
  test('a location that takes the list over from its server', () => {
    const own = at('allow 10.0.0.0/8; deny all; location /a { allow all; }');
    expect(classed(id, own, at('allow 10.0.0.0/8; deny all; location /a { }'))).toEqual([
      'disruption ConfigMap/shop/conf data["default.conf"]',
    ]);
  });
  test('a server of the same name at another port is another one', () => {
    const two = (more: string) =>
      nginx(`server { listen 80; server_name a; deny all; } server { listen 443; server_name a; ${more} }`);
    expect(messagesOf(id, two('auth_basic x;'), two(''))).toEqual([expect.stringContaining('at server a (443)')]);
  });
  test.each([
    [
      'the same list in other words',
      at('allow 10.0.0.0/8; deny all;'),
      at('allow 10.0.0.0/9; allow 10.128.0.0/9; deny all; # all\n'),
    ],
    ['a quoted brace', at('location ~ "x{2}" { return 200; }'), at('location ~ "x{2}" { return 200; } # {\n')],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
    expect(classed('configuration-unread', before, after)).toEqual([]);
  });
  test('what another language says is not known', () => {
    const lua = (code: string) => at(`location /l { content_by_lua_block { ${code} } }`);
    expect(worst(lua("ngx.say('}')"), lua('ngx.say("{")'))).toBe('unknown');
  });
});

describe('scrape-lost, in the files of a Prometheus', () => {
  const id = MONITORING;
  const prometheus = (text: string, image = 'prom/prometheus:v3.5.0') =>
    allOf(program(image, '/etc/prometheus'), file('prometheus.yml', text));
  const JOBS =
    "scrape_configs: [{ job_name: web, static_configs: [{ targets: ['web:80', 'api:80'] }] }, { job_name: db, dns_sd_configs: [{ names: [db] }] }]\n";
  const ALERTING = "alerting: { alertmanagers: [{ static_configs: [{ targets: ['am-0:9093', 'am-1:9093'] }] }] }\n";
  const REMOTE = "remote_write: [{ url: 'http://store/write' }]\n";
  test.each([
    ['a job', JOBS, JOBS.replace(/, \{ job_name: db.*\]\n/, ']\n'), 'the metrics of job db are read no more'],
    ['a job by another name', JOBS, JOBS.replace('job_name: db', 'job_name: store'), 'job db is called store'],
    ['a target', JOBS, JOBS.replace(", 'api:80'", ''), 'job web does not ask api:80 any more'],
    [
      'a discovery',
      JOBS,
      JOBS.replace('dns_sd_configs: [{ names: [db] }]', "static_configs: [{ targets: ['db:1'] }]"),
      'job db finds nobody by dns_sd_configs',
    ],
    ['Alertmanager', JOBS + ALERTING, JOBS, 'it sends its alerts to no Alertmanager any more'],
    [
      'one Alertmanager',
      JOBS + ALERTING,
      JOBS + ALERTING.replace(", 'am-1:9093'", ''),
      'it sends its alerts to am-1:9093 no more',
    ],
    ['a store', JOBS + REMOTE, JOBS, 'it sends what it measures to http://store/write no more'],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, prometheus(before), prometheus(after))).toEqual([expect.stringContaining(message)]);
    expect(classed(id, prometheus(before), prometheus(after))).toEqual([
      'disruption ConfigMap/shop/conf data["prometheus.yml"]',
    ]);
    // Without a Prometheus among the manifests the file says the same.
    expect(messagesOf(id, file('prometheus.yml', before), file('prometheus.yml', after))).toHaveLength(1);
  });
  test('an alert of a rule file', () => {
    const all = (rules: string) =>
      allOf(
        program('prom/prometheus:v3.5.0', '/etc/prometheus'),
        JSON.stringify({
          ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'shop' } },
          data: { 'prometheus.yml': `rule_files: [rules.yml]\n${JOBS}`, 'rules.yml': rules },
        }),
      );
    const rules = (...names: string[]) =>
      `groups: [{ name: a, rules: [${names.map((name) => `{ alert: ${name}, expr: up }`).join(', ')}] }]`;
    expect(messagesOf(id, all(rules('Down', 'Slow')), all(rules('Slow')))).toEqual(['nobody is told any more by Down']);
    expect(classed(id, all(rules('Down', 'Slow')), all(rules('Slow', 'Down')))).toEqual([]);
    const severity = (name: string) =>
      all(rules('Down').replace('expr: up', `expr: up, labels: { severity: ${name} }`));
    expect(messagesOf(id, severity('critical'), severity('info'))).toEqual([
      'Down has severity info in place of critical: whoever was told at once may be told later, or not at all',
    ]);
    expect(messagesOf(id, severity('critical'), all(rules('Down')))[0]).toContain('severity none in place of critical');
    for (const name of ['page', 'p1']) expect(classed(id, severity('critical'), severity(name))).toEqual([]);
    expect(classed(id, severity('info'), severity('critical'))).toEqual([]);
    const object = (name: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: Down, expr: up, labels: { severity: ${name} } }] }] } }`;
    expect(classed(id, object('critical'), object('warning'))).toEqual([
      'disruption PrometheusRule/shop/r spec.groups[g].rules',
    ]);
    expect(classed(id, object('warning'), object('critical'))).toEqual([]);
    // The file is no longer named.
    const unnamed = all(rules('Down')).replace('rule_files: [rules.yml]', 'rule_files: []');
    expect(messagesOf(id, all(rules('Down')), unnamed)).toEqual(['nobody is told any more by Down']);
  });
  test('not another interval, nor the same in another order', () => {
    const [first, second] = JOBS.match(/\{ job_name[^}]*\}\] \}/g)!;
    const turned = `scrape_configs: [${second}, ${first}]\nglobal: { scrape_interval: 30s }\n`;
    expect(classed(id, prometheus(JOBS), prometheus(turned))).toEqual([]);
    expect(worst(prometheus(JOBS), prometheus(turned))).toBe('in-place');
  });
});

describe('notifications-lost', () => {
  const id = 'notifications-lost';
  const alertmanager = both('quay.io/prometheus/alertmanager:v0.28.0', '/etc/alertmanager', 'alertmanager.yml');
  const RECEIVERS =
    "receivers: [{ name: team, slack_configs: [{ api_url: 'http://s', channel: a }] }, { name: pager, webhook_configs: [{ url: 'http://p' }] }, { name: none }]\n";
  const of = (route: string, receivers = RECEIVERS, more = '') =>
    alertmanager(`route: { receiver: team, ${route} }\n${receivers}${more}`);
  const CRITICAL = `routes: [{ matchers: ['severity="critical"'], receiver: pager }]`;
  test.each([
    [
      'a route',
      of(CRITICAL),
      of('routes: []'),
      'alerts with severity="critical" are not told to pager any more, but to team',
    ],
    [
      'a receiver that tells nobody',
      of(CRITICAL),
      of(CRITICAL.replace('pager', 'none')),
      'are not told to pager any more, and to nobody else',
    ],
    [
      'a route before it',
      of(CRITICAL),
      of(CRITICAL.replace('[{', `[{ matchers: ['severity=~"critical|warning"'], receiver: team }, {`)),
      'alerts with severity="critical" are not told to pager any more, but to team',
    ],
    [
      'what is inside of another one',
      of(`routes: [{ matchers: ['team="a"'], ${CRITICAL} }]`),
      of(`routes: [{ matchers: ['team="a"'] }]`),
      'alerts with team="a" and severity="critical"',
    ],
    [
      'what goes on no more',
      of(
        `routes: [{ matchers: ['severity="critical"'], receiver: pager, continue: true }, { matchers: ['severity="critical"'], receiver: team }]`,
      ),
      of(
        `routes: [{ matchers: ['severity="critical"'], receiver: pager }, { matchers: ['severity="critical"'], receiver: team }]`,
      ),
      'are not told to team any more, but to pager',
    ],
    [
      'old words',
      of('routes: [{ match: { severity: critical }, receiver: pager }]'),
      of(''),
      'alerts with severity="critical"',
    ],
    [
      'the last receiver',
      of(''),
      of('').replace('receiver: team,', 'receiver: none,'),
      'what no other route takes is not told to team any more, and to nobody else',
    ],
    [
      'a way to tell',
      of(''),
      of(
        '',
        RECEIVERS.replace('slack_configs', 'webhook_configs').replace(
          "{ api_url: 'http://s', channel: a }",
          "{ url: 'http://s' }",
        ),
      ),
      'receiver team tells nobody by slack any more',
    ],
    [
      'hours',
      of(CRITICAL),
      of(
        CRITICAL.replace('receiver: pager', 'receiver: pager, mute_time_intervals: [night]'),
        RECEIVERS,
        "time_intervals: [{ name: night, time_intervals: [{ times: [{ start_time: '00:00', end_time: '06:00' }] }] }]\n",
      ),
      'are held back at times (night)',
    ],
  ])('%s', (_, before, after, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual(['disruption ConfigMap/shop/conf data["alertmanager.yml"]']);
  });
  test.each([
    [
      'another name of the same receiver',
      of(CRITICAL),
      of(CRITICAL.replace('pager', 'oncall'), RECEIVERS.replace('pager', 'oncall')),
    ],
    ['the same matcher in old words', of(CRITICAL), of('routes: [{ match: { severity: critical }, receiver: pager }]')],
    ['times and groups', of(CRITICAL), of(`group_by: [alertname], repeat_interval: 1h, ${CRITICAL}`)],
  ])('not %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });
  test('a route of their own for what the others take is told, and is no danger', () => {
    const place = 'ConfigMap/shop/conf data["alertmanager.yml"]';
    expect(classed(id, of(''), of(CRITICAL))).toEqual([`in-place ${place}`]);
    expect(classed(id, of(CRITICAL), of(CRITICAL.replace('critical', 'page')))).toEqual([
      `disruption ${place}`,
      `in-place ${place}`,
    ]);
  });
  test('urgent alerts for a receiver of the less urgent ones, and for one that calls nobody', () => {
    const route = (severities: string) => `routes: [{ matchers: ['severity=~"${severities}"'], receiver: pager }]`;
    const worst = (before: string, after: string) => classed(id, before, after).map((each) => each.split(' ')[0]);
    expect(worst(of(route('warning')), of(route('warning|page')))).toEqual(['disruption']);
    expect(worst(of(route('critical')), of(route('critical|warning')))).toEqual(['in-place']);
    expect(worst(of(route('info')), of(route('info|none')))).toEqual(['in-place']);
    const onCall = RECEIVERS.replace('slack_configs', 'opsgenie_configs');
    expect(worst(of('', onCall), of(CRITICAL, onCall))).toEqual(['disruption']);
    const calling = onCall.replace('webhook_configs', 'pagerduty_configs');
    expect(worst(of('', calling), of(CRITICAL, calling))).toEqual(['in-place']);
  });
  test.each([
    ['severity="warning"', 'severity="critical"', 'equal: [node]', 'disruption'],
    ['severity="critical"', 'severity="critical"', 'equal: [node]', 'disruption'],
    ['severity="critical"', 'severity="warning"', '', 'disruption'],
    ['severity=~"critical|info"', 'severity="warning"', 'equal: [node]', 'disruption'],
    ['alertname="Down"', 'severity="warning"', 'equal: [node]', 'disruption'],
    ['severity="critical"', 'severity=~"warning|info"', 'equal: [node]', 'in-place'],
  ])('while one with %s fires, one with %s (%s): %s', (source, target, equal, risk) => {
    const rule = `{ source_matchers: ['${source}'], target_matchers: ['${target}'], ${equal} }`;
    expect(classed(id, of(CRITICAL), of(CRITICAL, RECEIVERS, `inhibit_rules: [${rule}]\n`))).toEqual([
      `${risk} ConfigMap/shop/conf data["alertmanager.yml"]`,
    ]);
  });
  test('an inhibition that comes', () => {
    const after = of(
      CRITICAL,
      RECEIVERS,
      `inhibit_rules: [{ source_matchers: ['alertname="Down"'], target_matchers: ['severity="critical"'], equal: [node] }]\n`,
    );
    expect(messagesOf(id, of(CRITICAL), after)).toEqual([
      'alerts with severity="critical" are held back while one with alertname="Down" and the same node fires',
    ]);
  });
  test('alerts of the manifests by their names', () => {
    const rule = `{ apiVersion: monitoring.coreos.com/v1, kind: PrometheusRule, metadata: { name: r, namespace: shop }, spec: { groups: [{ name: g, rules: [{ alert: Down, expr: up == 0, labels: { team: db } }] }] } }`;
    const by = (regex: string) => allOf(rule, of(`routes: [{ matchers: ['team=~"${regex}"'], receiver: pager }]`));
    expect(messagesOf(id, by('d.*'), by('e.*'))).toEqual([
      'alerts with team=~"d.*", Down are not told to pager any more, but to team',
      'alerts with team=~"e.*" are not told to team any more, but to pager',
    ]);
  });
  test('an AlertmanagerConfig and a Secret of the operator, whether or not it is here who reads them', () => {
    const config = (routes: string) =>
      `{ apiVersion: monitoring.coreos.com/v1alpha1, kind: AlertmanagerConfig, metadata: { name: a, namespace: shop }, spec: { route: { receiver: team, routes: [${routes}] }, receivers: [{ name: team, webhookConfigs: [{ url: 'http://t' }] }, { name: pager, webhookConfigs: [{ url: 'http://p' }] }] } }`;
    const critical = '{ matchers: [{ name: severity, value: critical }], receiver: pager }';
    expect(classed(id, config(critical), config(''))).toEqual([
      'disruption AlertmanagerConfig/shop/a spec.route.routes',
    ]);
    const secret = (routes: string) =>
      JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'alertmanager-main', namespace: 'shop' } },
        stringData: { 'alertmanager.yaml': `route: { receiver: team, ${routes} }\n${RECEIVERS}` },
      });
    const main =
      '{ apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: { name: main, namespace: shop }, spec: {} }';
    for (const more of [[], [main]])
      expect(classed(id, allOf(...more, secret(CRITICAL)), allOf(...more, secret('routes: []')))).toEqual([
        'disruption Secret/shop/alertmanager-main data["alertmanager.yaml"]',
      ]);
  });
});
