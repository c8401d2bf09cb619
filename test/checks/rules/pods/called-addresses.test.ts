import { all, messages, said, service, workload } from '../../judging';

const HOSTS = 'config-host-resolves';
const PORTS = 'config-port-exists';
const orders = service('selector: { app: orders }, ports: [{ name: http, port: 8080 }]', 'orders');
const redis = service('selector: { app: redis }, ports: [{ port: 6379 }]', 'redis');
const elsewhere =
  '{ apiVersion: v1, kind: Service, metadata: { name: store, namespace: back }, spec: { selector: { app: store }, ports: [{ port: 9000 }] } }';
const whole = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
/** A pod that mounts a file, beside the Services. */
const mounting = (text: string) =>
  all(
    orders,
    redis,
    elsewhere,
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: files, namespace: shop }, data: { file: ${JSON.stringify(text)} } }`,
    workload({ pod: 'volumes: [{ name: files, configMap: { name: files } }]' }),
  );
const told = (id: string, manifests: string) =>
  said(id, manifests).map(({ verdict, object, path, value }) => `${verdict} ${object} ${path} ${String(value)}`);
const inFile = (id: string, text: string) => told(id, mounting(text));
const at = 'ConfigMap/shop/files data.file';

describe('files that pods mount', () => {
  test.each([
    ['location / { \n  proxy_pass http://ordrs:8080;\n}', 'ordrs:8080'],
    ['location / {\n proxy_pass http://ordrs;\n}', 'ordrs'],
    ['upstream orders {\n  server ordrs:8080 weight=2;\n  server orders:8080;\n}', 'ordrs:8080'],
    ['  fastcgi_pass ordrs:8080;', 'ordrs:8080'],
    ['upstream all { server orders:8080; server ordrs:8080; }', 'ordrs:8080'],
    ['server { listen 80; location /a { grpc_pass grpc://ordrs:8080; } }', 'ordrs:8080'],
    ['  grpc_pass grpc://ordrs:8080;', 'ordrs:8080'],
    ['backend all\n  server one ordrs:8080 check', 'ordrs:8080'],
    ['replicaof rediss 6379', 'rediss:6379'],
    ['replicaof store 9000', 'store:9000'],
    ['orders:\n  host: ordrs\n  port: 8080\n', 'ordrs'],
    ['orders.host=ordrs\norders.port=8080', 'ordrs'],
    ['[redis]\nhost = rediss\nport = 6379', 'rediss'],
    ['spring.data.redis.host: rediss', 'rediss'],
    ['{\n  "redisHost": "rediss"\n}', 'rediss'],
    ['[OUTPUT]\n    Name http\n    Host ordrs\n    Port 8080', 'ordrs'],
    ['bootstrap.servers=ordrs:8080', 'ordrs:8080'],
    ['orders.url=http://ordrs:8080/v1', 'ordrs:8080'],
    ['orders.url=http://orders.shpo:8080/v1', 'orders.shpo:8080'],
    ['store = store:9000', 'store:9000'],
  ])('%j names a Service that is not there', (text, value) => {
    expect(inFile(HOSTS, text)).toEqual([`fail ${at} ${value}`]);
  });
  test.each([
    ['proxy_pass http://orders:8081;', 'orders:8081'],
    ['upstream orders {\n  server orders:80;\n}', 'orders:80'],
    ['  server redis:6380 max_fails=3;', 'redis:6380'],
    ['  uwsgi_pass orders:9090;', 'orders:9090'],
    ['backend all\n  server one orders:8081 check', 'orders:8081'],
    ['replicaof redis 6380', 'redis:6380'],
    ['redis:\n  host: redis\n  # in seconds\n  timeout: 5\n  port: 6380', 'redis'],
    ['redis.host=redis\nredis.port=6380', 'redis'],
    ['cache=redis:6380', 'redis:6380'],
    ['brokers: redis:6379,redis:6380', 'redis:6380'],
    ['orders.url=http://orders.shop.svc:8081', 'orders.shop.svc:8081'],
  ])('%j names a port that the Service does not have', (text, value) => {
    expect(inFile(PORTS, text)).toEqual([`fail ${at} ${value}`]);
    expect(inFile(HOSTS, text)).toEqual([]);
  });
  test.each([
    // Names that the file itself gives to groups of servers.
    'upstream ordrs {\n  server orders:8080;\n}\nserver {\n  location / { proxy_pass http://ordrs; }\n  listen 80;\n}',
    'upstream orders {\n  server orders:8080;\n}\nlocation / {\nproxy_pass http://orders;\n}',
    'backend ordrs\n  server one orders:8080',
    // Comments, and what is set while it runs.
    '# server ordrs:8080;\n; host = ordrs\n// host: ordrs',
    'set $backend http://$service:8080;\nproxy_pass http://$service;',
    'server {\n  server_name ordrs;\n  listen 8080;\n}',
    // What a program is, listens on or is called.
    'server.host: ordrs\nserver.port: 8081',
    'listen_address: orders:9999',
    'image: orders:2024',
    'hostname: example\nname: ordrs',
    'title: ordrs',
    'http.host=orders\nhttp.port=9999',
    // Ports of others stand beside other hosts.
    'redis:\n  host: redis\nmetrics:\n  port: 9999',
    'host: orders.example.com\nport: 443',
    'ratio = orders:16',
    'host: localhost\nport: 8080',
    'host: 10.0.0.1\nport: 8080',
  ])('%j is fine', (text) => {
    expect(inFile(HOSTS, text)).toEqual([]);
    expect(inFile(PORTS, text)).toEqual([]);
  });
  test('a directive whose host nobody knows is open where the namespace is whole, and another key says nothing', () => {
    const complete = (text: string) => told(HOSTS, all(whole, mounting(text)));
    expect(complete('proxy_pass http://payments:8080;')).toEqual([`unknown ${at} payments:8080`]);
    expect(complete('host: payments\nport: 8080')).toEqual([]);
    expect(inFile(HOSTS, 'proxy_pass http://payments:8080;')).toEqual([]);
  });
  test('a file in an init container or a Secret is read as well', () => {
    const secret = all(
      redis,
      '{ apiVersion: v1, kind: Secret, metadata: { name: files, namespace: shop }, stringData: { app.ini: "host = rediss" } }',
      workload({
        kind: 'StatefulSet',
        pod: 'volumes: [{ name: f, projected: { sources: [{ secret: { name: files } }] } }]',
      }),
    );
    expect(told(HOSTS, secret)).toEqual(['fail Secret/shop/files stringData["app.ini"] rediss']);
  });
});

describe('commands', () => {
  const script = (line: string) =>
    all(
      redis,
      elsewhere,
      workload({
        kind: 'Job',
        pod: `initContainers: [{ name: wait, image: 'busybox:1', command: [sh, -c, ${JSON.stringify(line)}] }]`,
      }),
    );
  const place = 'Job/shop/web spec.template.spec.initContainers[0].command[2]';
  test.each([
    ['until nc -z rediss 6379; do sleep 1; done', 'rediss:6379'],
    ['nc -zv -w 2 rediss 6379', 'rediss:6379'],
    ['while ! redis-cli -h rediss -p 6379 ping; do sleep 1; done', 'rediss:6379'],
    ['redis-cli -a secret --host=rediss ping', 'rediss'],
    ['wget -qO- http://rediss:6379/', 'rediss:6379'],
    ['curl -sf rediss:6379/healthz', 'rediss:6379'],
    ['./wait-for-it.sh rediss:6379 -t 60', 'rediss:6379'],
    ['until (echo > /dev/tcp/rediss/6379); do sleep 1; done', 'rediss:6379'],
    ['nc -z store 9000', 'store:9000'],
    ['until nslookup rediss; do echo waiting; sleep 2; done', 'rediss'],
    ['until nslookup redis.shpo.svc.cluster.local; do sleep 2; done', 'redis.shpo.svc.cluster.local'],
    ['set -e\nwhile ! /usr/bin/getent hosts rediss >/dev/null; do sleep 1; done', 'rediss'],
    ['i=0; nslookup -type=a -timeout=2 rediss. || exit 1', 'rediss'],
    ['ping -W 1 -c 1 rediss', 'rediss'],
  ])('%s', (line, value) => expect(told(HOSTS, script(line))).toEqual([`fail ${place} ${value}`]));
  test.each([
    ['nc -z redis 6380', 'redis:6380'],
    ['pg_isready -h redis -p 5432', 'redis:5432'],
    ['mysql -u root -h redis -P3306 -e ""', 'redis:3306'],
    ['curl redis:8080', 'redis:8080'],
    ['</dev/tcp/redis/80', 'redis:80'],
  ])('%s asks at a port that the Service does not have', (line, value) =>
    expect(told(PORTS, script(line))).toEqual([`fail ${place} ${value}`]),
  );
  test.each([
    'nc -l -p 6380',
    'nc -z redis 6379',
    'nc -z $REDIS 6379',
    'curl -s localhost:8080',
    'nc -z -w 3 redis 6379',
    'redis-cli -h redis ping',
    'until nslookup redis && nslookup store.back; do sleep 1; done',
    'mysqladmin ping -u root -prediss',
    'echo ping rediss; echo nslookup failed',
    'nslookup rediss.$(cat /var/run/secrets/kubernetes.io/serviceaccount/namespace).svc.cluster.local',
    'nslookup ${REDIS}-cache; nslookup example.com',
  ])('%s is fine', (line) => {
    expect(told(HOSTS, script(line))).toEqual([]);
    expect(told(PORTS, script(line))).toEqual([]);
  });
  test('words of a command are read as one line, and the word is named', () => {
    const words = workload({ container: "command: [redis-cli, -h, redis, -p, '6380', ping]" });
    expect(told(PORTS, all(redis, words))).toEqual([
      'fail Deployment/shop/web spec.template.spec.containers[0].command[2] redis:6380',
    ]);
  });
});

describe('flags and variables, whatever they are called', () => {
  const container = (text: string) => all(redis, elsewhere, workload({ container: text }));
  const field = 'Deployment/shop/web spec.template.spec.containers[0]';
  test.each([
    [`args: ['--redis=rediss:6379']`, `${field}.args[0] rediss:6379`],
    [`args: ['--cache-host=rediss', '--cache-port=6379']`, `${field}.args[0] rediss`],
    [`args: ['--store=store:9000']`, `${field}.args[0] store:9000`],
    [`env: [{ name: CACHE, value: 'rediss:6379' }]`, `${field}.env[0].value rediss:6379`],
  ])('%s names no Service', (text, expected) => expect(told(HOSTS, container(text))).toEqual([`fail ${expected}`]));
  test.each([
    [`args: ['--redis=redis:6380']`, `${field}.args[0] redis:6380`],
    [`args: ['--redis-host=redis', '--redis-port=6380']`, `${field}.args[0] redis`],
    [`args: ['--redis-host', redis, '--redis-port', '6380']`, `${field}.args[1] redis`],
    [`env: [{ name: CACHE, value: 'redis:6380' }]`, `${field}.env[0].value redis:6380`],
    [`env: [{ name: REDIS_HOST, value: redis }, { name: REDIS_PORT, value: '6380' }]`, `${field}.env[0].value redis`],
  ])('%s names a port that the Service does not have', (text, expected) =>
    expect(told(PORTS, container(text))).toEqual([`fail ${expected}`]),
  );
  test.each([
    `args: ['--sidecar-image=redis:2024']`,
    `args: ['--topics=redis:6380']`,
    `args: ['--weight=redis:10']`,
    `args: ['--listen=redis:9999']`,
    `args: ['--store=back:9000']`,
    `env: [{ name: TAG, value: 'redis:7024' }]`,
    `env: [{ name: NOTE, value: 'see redis:6380 for more' }]`,
    `env: [{ name: LIMITS, value: 'redis:100' }]`,
  ])('%s is fine', (text) => {
    expect(told(HOSTS, container(text))).toEqual([]);
    expect(told(PORTS, container(text))).toEqual([]);
  });
});

test('the message of a file says what the key is told and what is meant', () => {
  expect(messages(HOSTS, mounting('proxy_pass http://ordrs:8080;'))[0]).toContain('did you mean "orders"?');
  expect(messages(PORTS, mounting('redis.host=redis\nredis.port=6380'))[0]).toBe(
    'Service redis has no port 6380 (it has: 6379), so every connection to redis:6380 fails',
  );
});
