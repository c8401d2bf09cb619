import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, file, node, planned, workload } from './support';

const folder = mkdtempSync(join(tmpdir(), 'taint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const web = (tolerations = '') =>
  workload('Deployment', 'web', '100m', 'replicas: 1', tolerations && `tolerations: [${tolerations}]`);
const scriptOf = (manifests: string) =>
  planned('maintain', manifests, all(node('a'), node('b')), '--node', 'a', '--taint', 'work=now', '--format', 'sh')
    .text;

/**
 * Runs a script with a kubectl that lists other pods each time it is asked: `lists` are what it prints one after the other, the last for ever.
 * `untaint` is what it says, and fails with, when the taint is taken away.
 */
function runScript(script: string, lists: readonly string[], untaint = '') {
  const log = join(folder, 'log');
  writeFileSync(log, '');
  writeFileSync(join(folder, 'asked'), '0');
  for (const [i, list] of lists.entries()) writeFileSync(join(folder, `list-${i}`), list);
  writeFileSync(
    join(folder, 'kubectl'),
    `#!/bin/sh
cd ${folder}
case "$*" in
  *'get pods'*) n=$(cat asked); echo "pods $n" >> log; [ "$n" -lt ${lists.length} ] || exit 1; cat "list-$n"; [ "$n" -ge ${lists.length - 1} ] || echo $((n + 1)) > asked ;;
  taint*NoExecute-) echo "untaint" >> log; ${untaint && `echo '${untaint}' >&2; exit 1`} ;;
  *) echo "$1" >> log ;;
esac
`,
  );
  writeFileSync(join(folder, 'work'), `#!/bin/sh\necho "work $1" >> ${log}\n`);
  for (const name of ['kubectl', 'work']) chmodSync(join(folder, name), 0o755);
  const { status, stdout } = spawnSync('sh', [file(script), 'work'], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: `${folder}:${process.env['PATH']}`, PAUSE: '0' },
  });
  return { status, stdout, calls: readFileSync(log, 'utf8').trim().split('\n') };
}

const NONE = '<no value>';
const pod = (name: string, tolerations: readonly string[] = [], deleted = NONE) =>
  `shop/${name}|${deleted}${tolerations.map((each) => `|${each}`).join('')}\n`;
const EVERY = `${NONE};Exists;${NONE};${NONE};${NONE}`;
const OWN = ['get', 'auth', 'wait', 'cordon', 'taint'];

describe('the work begins', () => {
  const script = scriptOf(
    all(web(), workload('Deployment', 'always', '100m', 'replicas: 1', 'tolerations: [{ operator: Exists }]')),
  );

  test('when all are gone that do not tolerate the taint, though one stays that does', () => {
    const stays = pod('always', [EVERY]);
    const { status, calls } = runScript(script, [
      stays + pod('web', ['other;Exists;;NoExecute;']),
      stays + pod('web', [], '2026-01-01T00:00:00Z'),
      stays,
    ]);
    expect(status).toBe(0);
    expect(calls).toEqual([...OWN, 'pods 0', 'pods 1', 'pods 2', 'work a', 'wait', 'untaint', 'uncordon']);
  });

  test('never while a pod is in its grace period, whatever it tolerates', () => {
    const { calls } = runScript(script, [pod('always', [EVERY], '2026-01-01T00:00:00Z'), '']);
    expect(calls).toContain('pods 1');
  });

  test.each([
    ['of its key', 'work;Exists;;NoExecute;', 0],
    ['of its value', 'work;Equal;now;NoExecute;', 0],
    ['of its value, by default', `work;${NONE};now;${NONE};${NONE}`, 0],
    ['of another value', 'work;;later;NoExecute;', 1],
    ['of another effect', 'work;Exists;;NoSchedule;', 1],
    ['for no second', 'work;Exists;;NoExecute;0', 1],
    ['for a time', 'work;Exists;;NoExecute;300', 1],
  ])('a toleration %s', (_, toleration, waits) => {
    const { calls } = runScript(script, [pod('x', [toleration]), '']);
    expect(calls.filter((call) => call.startsWith('pods'))).toHaveLength(1 + waits);
  });

  test('the first toleration that matches counts', () => {
    const { calls } = runScript(script, [
      pod('x', ['work;Exists;;NoExecute;300', EVERY]),
      pod('x', [EVERY, 'work;Exists;;NoExecute;300']),
    ]);
    expect(calls.filter((call) => call.startsWith('pods'))).toEqual(['pods 0', 'pods 1']);
  });

  test('not where kubectl does not tell which pods are left', () => {
    const { status, stdout, calls } = runScript(script, []);
    expect([status, stdout]).toEqual([1, '== make a empty\n== kubectl does not tell which pods run on a\n']);
    expect(calls.join()).not.toMatch(/work|untaint|uncordon/);
  });
});

describe('a taint', () => {
  test('that is gone already is passed over', () => {
    const { status, calls } = runScript(scriptOf(web()), [''], 'error: taint "work:NoExecute" not found');
    expect([status, calls.slice(-2)]).toEqual([0, ['untaint', 'uncordon']]);
  });
  test.each([
    'Error from server (NotFound): nodes "a" not found',
    'Error from server (Forbidden): nodes "a" is forbidden',
  ])('that cannot be taken away ends it: %s', (said) => {
    const { status, calls } = runScript(scriptOf(web()), [''], said);
    expect([status, calls.at(-1)]).toEqual([1, 'untaint']);
  });
});

test('a pod that tolerates the taint for a time and the cordon for ever is not waited for, as it comes back', () => {
  const cordon = '{ key: node.kubernetes.io/unschedulable, operator: Exists }';
  const stubborn = workload(
    'Deployment',
    'web',
    '100m',
    'replicas: 1',
    `nodeSelector: { kubernetes.io/hostname: a }, tolerations: [{ key: work, operator: Exists, tolerationSeconds: 0 }, ${cordon}]`,
  );
  const { status, calls } = runScript(scriptOf(stubborn), [
    pod('web', ['work;Exists;;NoExecute;0', 'node.kubernetes.io/unschedulable;Exists;;;']),
  ]);
  expect([status, calls.filter((call) => call.startsWith('pods'))]).toEqual([0, ['pods 0']]);
});
