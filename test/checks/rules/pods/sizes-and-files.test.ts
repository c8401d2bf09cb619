import { all, configMap, findings, messages, verdicts, workload } from '../../judging';

const container = 'spec.template.spec.containers[0]';

describe('config-file-exists', () => {
  const id = 'config-file-exists';
  const settings = configMap('settings', "app.yaml: 'a: 1', run.sh: echo");
  const pod = (text: string, volume = 'configMap: { name: settings }', mount = '', kind = 'Deployment') =>
    all(
      settings,
      workload({
        kind,
        pod: `volumes: [{ name: config, ${volume} }]`,
        container: `${text}, volumeMounts: [{ name: config, mountPath: /etc/app/${mount} }]`,
      }),
    );
  test.each([
    ["args: ['--config=/etc/app/app.yml']", 'args[0]'],
    ["args: ['--config', '/etc/app/app.yml']", 'args[1]'],
    ['command: [sh, /etc/app/start.sh]', 'command[1]'],
    ['env: [{ name: CONFIG_FILE, value: /etc/app/application.yaml }]', 'env[0].value'],
  ])('%s names no key', (text, place) => expect(verdicts(id, pod(text))).toEqual([`fail ${container}.${place}`]));
  test('the message names the keys and the one that was meant', () =>
    expect(messages(id, pod("args: ['--config=/etc/app/app.yml']"))).toEqual([
      'ConfigMap settings, mounted at /etc/app, has no file app.yml (it has: app.yaml, run.sh), so container main does not find /etc/app/app.yml; did you mean "app.yaml"?',
    ]));
  test.each([
    ['a key', pod("args: ['--config=/etc/app/app.yaml']")],
    ['the folder', pod("args: ['--config=/etc/app/']")],
    ['a pattern', pod("args: ['--rules=/etc/app/*.rules']")],
    ['a script that looks for files', pod("command: [sh, -c, 'test -f /etc/app/extra && . /etc/app/extra; exec app']")],
    ['another folder', pod("args: ['--config=/etc/application/app.yml']")],
    [
      'an optional ConfigMap',
      pod("args: ['--config=/etc/app/app.yml']", 'configMap: { name: settings, optional: true }'),
    ],
    ['a volume that is written to', pod("args: ['--pid=/etc/app/app.pid']", 'emptyDir: {}')],
    [
      'an item under its path',
      pod(
        "args: ['--config=/etc/app/conf/app.yml']",
        'configMap: { name: settings, items: [{ key: app.yaml, path: conf/app.yml }] }',
      ),
    ],
  ])('%s is fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));
  test('items, projected volumes and Secrets have only the files that they list', () => {
    const items = 'configMap: { name: settings, items: [{ key: app.yaml, path: conf.yaml }] }';
    expect(verdicts(id, pod("args: ['--config=/etc/app/app.yaml']", items))).toEqual([`fail ${container}.args[0]`]);
    const projected = 'projected: { sources: [{ configMap: { name: settings } }] }';
    expect(verdicts(id, pod("args: ['--config=/etc/app/app.yml']", projected, '', 'StatefulSet'))).toEqual([
      `fail ${container}.args[0]`,
    ]);
    const secret =
      '{ apiVersion: v1, kind: Secret, metadata: { name: tls, namespace: shop }, stringData: { tls.crt: a, tls.key: b } }';
    expect(
      verdicts(id, all(secret, pod("args: ['--tls-cert=/etc/app/cert.pem']", 'secret: { secretName: tls }'))),
    ).toEqual([`fail ${container}.args[0]`]);
  });
});

describe('heap-fits-limit', () => {
  const id = 'heap-fits-limit';
  const limited = (text: string) => workload({ container: `${text}, resources: { limits: { memory: 1Gi } }` });
  test.each([
    ["env: [{ name: JAVA_OPTS, value: '-Xms512m -Xmx2g -XX:+UseG1GC' }]", 'env[0].value = "-Xmx2g"'],
    ["env: [{ name: ES_JAVA_OPTS, value: '-Xmx1024M' }]", 'env[0].value = "-Xmx1024M"'],
    ["command: [java, '-Xmx1500m', -jar, app.jar]", 'command[1] = "-Xmx1500m"'],
    ["env: [{ name: NODE_OPTIONS, value: '--max-old-space-size=4096' }]", 'env[0].value = "--max-old-space-size=4096"'],
    ['env: [{ name: GOMEMLIMIT, value: 2GiB }]', 'env[0].value = "2GiB"'],
  ])('%s is more than the limit', (text, place) =>
    expect(findings(id, limited(text))).toEqual([`fail Deployment/shop/web ${container}.${place}`]),
  );
  test.each([
    "command: [java, '-Xmx768m']",
    "env: [{ name: NODE_OPTIONS, value: '--max-old-space-size=700' }]",
    "args: ['-Xmxbig', '--foo-Xmx9g']",
  ])('%s is fine', (text) => expect(verdicts(id, limited(text))).toEqual([]));
  test('without a limit the node is the limit, and a LimitRange sets one', () => {
    const big = workload({ container: "command: [java, '-Xmx8g']" });
    expect(verdicts(id, big)).toEqual([]);
    const range =
      '{ apiVersion: v1, kind: LimitRange, metadata: { name: l, namespace: shop }, spec: { limits: [{ type: Container, default: { memory: 512Mi } }] } }';
    expect(verdicts(id, all(range, big))).toEqual([`fail ${container}.command[1]`]);
  });
});
