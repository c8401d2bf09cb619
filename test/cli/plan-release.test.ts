import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../cli/command';
import { kind as laptop } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { prod } from '../../environments/prod';
import { autoscaling, disruptionBudgets, loadGenerator, networkPolicies, prometheus } from '../../features';
import { because } from '../../model/layers';
import { Matrix, target } from '../../model/matrix';
import type { ReleaseForm } from '../../model/release';
import { blueGreen, canary, hold, rolling, share, watch } from '../../model/release';
import { environment } from '../../model/target';
import { course } from '../../platform';
import { strata } from '../../tool';

const [V1, V2] = ['registry.example.com/course/web:1.0.0', 'registry.example.com/course/web:2.0.0'];
const { settings: _, ...kind } = laptop;
const trial = environment('trial', { ephemeral: true, elsewhere: 'a test' });
const next = { image: V2 };
const steps = [share(10), watch('10m'), share(50), hold()];

const of = (release: ReleaseForm, replicas = 4) => {
  const settings = {
    web: { image: because(V1, 'a test'), replicas: because(replicas, 'a test'), release: because(release, 'a test') },
  };
  return composition({
    ...course,
    matrix: new Matrix(
      components,
      target(prod, shared, [prometheus, autoscaling, networkPolicies, disruptionBudgets], { settings }),
      target(trial, kind, [networkPolicies, loadGenerator], { settings }),
    ),
  });
};

async function planned(release: ReleaseForm, ...words: string[]) {
  const [printed, errors]: string[][] = [[], []];
  const host = {
    ...{ env: {}, composition: () => of(release), print: (line: string) => printed!.push(line) },
    printError: (line: string) => errors!.push(line),
  } satisfies Host;
  const code = await strata.run(['plan', 'release', ...words], host);
  return { code, text: printed!.join('\n'), errors: errors!.join('\n') };
}

interface Plan {
  readonly stages: readonly {
    readonly does: string;
    readonly set: string;
    readonly isNow: boolean;
    readonly changes: readonly { readonly objects: readonly string[]; readonly class: string }[];
    readonly checks: readonly { readonly command: string; readonly expected?: string }[];
    readonly watch?: { readonly for: string; readonly query: string; readonly limit: string };
    readonly problems: readonly { readonly check: string }[];
  }[];
}
const stagesOf = async (release: ReleaseForm, name = 'prod@shared') =>
  (JSON.parse((await planned(release, name, 'web', '--format', 'json')).text) as Plan).stages;

describe('a canary by a route', () => {
  test('moves requests by one field of the route, and nothing else with it', async () => {
    const stages = await stagesOf(canary({ next, steps, at: 10 }));
    expect(stages.map(({ does }) => does)).toEqual(['pods', 'share', 'share', 'share', 'first', 'back', 'end']);
    expect(stages.map(({ isNow }) => isNow)).toEqual([false, true, false, false, false, false, false]);
    const objects = stages.map(({ changes }) => changes.flatMap((change) => change.objects));
    expect(objects[1]).toEqual(['HTTPRoute/course-prod/web']);
    expect(objects[2]).toEqual(['HTTPRoute/course-prod/web']);
    expect(objects[4]).toEqual(['Deployment/course-prod/web', 'ConfigMap/course-prod/web-config']);
    // No stage moves requests and takes pods away at once.
    for (const { changes } of stages) {
      const all = changes.flatMap((change) => change.objects);
      const weights = stages.indexOf(stages.find(({ changes: own }) => own === changes)!);
      if (weights < stages.length - 1)
        expect(
          all.filter((name) => name.startsWith('HTTPRoute')).length *
            all.filter((name) => name === 'Deployment/course-prod/web').length,
        ).toBe(0);
    }
    expect(stages.flatMap(({ problems }) => problems)).toEqual([]);
    expect(stages[1]?.checks.map(({ expected }) => expected)).toEqual(['90 10', 'True']);
    expect(stages[1]?.watch).toMatchObject({ for: '10m', limit: '0.0144' });
    expect(stages[1]?.watch?.query).toContain('deployment="web-next"');
  });

  test('as Markdown it says what to set, what to expect and how to go back', async () => {
    const { code, text } = await planned(canary({ next, steps }), 'prod@shared');
    expect(code).toBe(0);
    expect(text).toContain('## 2. 10 % of the requests go to the next version');
    expect(text).toContain('Set `release: canary({ …, at: 10 })`, commit, and publish.');
    expect(text).toContain('- The way back: revert this commit');
    expect(text).not.toMatch(/:$/m);
  });
});

test('a canary by the number of pods never takes away the last pod of the version that answers', async () => {
  const stages = await stagesOf(canary({ next, steps: [share(25), share(50)] }), 'trial@kind');
  expect(stages.map(({ set }) => /at: (\d+)/.exec(set)?.[1] ?? 'end')).toEqual([
    '0',
    '25',
    '50',
    '100',
    '100',
    '50',
    '25',
    '0',
    'end',
  ]);
  expect(stages.flatMap(({ problems }) => problems)).toEqual([]);
});

test('blue and green change by the selector of one Service', async () => {
  const [pods, moved] = await stagesOf(blueGreen({ live: 'blue', green: next }));
  expect(pods?.isNow).toBe(true);
  expect(moved?.checks).toContainEqual({
    command: "kubectl get service web -n course-prod -o 'jsonpath={.spec.selector}'",
    expected: '{"app.kubernetes.io/name":"web-green"}',
  });
});

test.each([
  [[], 'plans the release of one service in one target'],
  [['prod@shared', 'web', 'redis'], 'plans the release of one service in one target'],
  [['prod@shared', 'wep'], 'there is no service wep'],
  [['prod@*'], undefined],
])('%j', async (words, message) => {
  const { code, errors } = await planned(canary({ next, steps }), ...words);
  expect(code).toBe(message === undefined ? 0 : 2);
  if (message !== undefined) expect(errors).toContain(message);
});

test('a rolling release is one commit, and there is nothing to plan', async () => {
  const { code, errors } = await planned(rolling(), 'prod@shared', 'web');
  expect([code, errors]).toEqual([2, expect.stringContaining('web is released by rolling: that is one commit')]);
});

describe('the script', () => {
  let folder: string;
  let text: string;
  beforeAll(async () => {
    ({ text } = await planned(canary({ next, steps }), 'prod@shared', 'web', '--format', 'sh'));
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strata-release-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the script where the cluster is as the last stage that was made says, and Prometheus answers this. */
  function run({ ratio, env = {}, broken = '' }: { ratio: string; env?: Record<string, string>; broken?: string }) {
    const tool = (name: string, ...lines: string[]) =>
      writeFileSync(join(folder, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    writeFileSync(join(folder, 'release.sh'), text);
    tool('make', `echo "$1 $2" >> ${folder}/made`, `printf '%s' "$1" > ${folder}/stage`);
    tool('sleep', ':');
    // Ten minutes pass in ten questions.
    tool('date', `n=$(cat ${folder}/now 2>/dev/null || echo 0)`, `echo $((n + 60)) > ${folder}/now`, 'echo "$n"');
    tool('curl', `printf '%s' '{"data":{"result":[${ratio === '' ? '' : `{"value":[1,"${ratio}"]}`}]}}'`);
    tool(
      'kubectl',
      `stage=$(cat ${folder}/stage)`,
      'case "$*" in',
      ...(broken === '' ? [] : [`  *"${broken}"*) exit 1 ;;`]),
      '  *ResolvedRefs*) echo True ;;',
      '  *backendRefs*weight*) case $stage in 1) echo "100 0" ;; 2) echo "90 10" ;; 3) echo "50 50" ;; 4|5) echo "0 100" ;; *) echo "100 0" ;; esac ;;',
      '  *backendRefs*name*) echo web ;;',
      '  *"get service web-next"*) echo \'{"app.kubernetes.io/name":"web-next"}\' ;;',
      '  *"rollout status"*) ;;',
      '  *) echo "not expected: $*" >&2; exit 1 ;;',
      'esac',
    );
    const { status, stdout, stderr } = spawnSync('sh', [join(folder, 'release.sh'), join(folder, 'make')], {
      env: { PATH: `${folder}:/usr/bin:/bin`, PROMETHEUS: 'http://prometheus', ...env },
      encoding: 'utf8',
      input: '',
    });
    const made = spawnSync('cat', [join(folder, 'made')], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    return { status, said: stdout + stderr, made: made.map((line) => line.split(' ')[0]) };
  }

  test('is one that a shell reads', () => {
    execFileSync('sh', ['-n'], { input: text });
  });

  test('goes from stage to stage, stops where somebody has to say so, and goes on from there', () => {
    const first = run({ ratio: '0.001' });
    expect([first.status, first.made, first.said]).toEqual([0, ['1', '2', '3'], expect.stringContaining('FROM=4')]);
    const rest = run({ ratio: '0.001', env: { FROM: '4' } });
    expect([rest.status, rest.made.slice(3)]).toEqual([0, ['4', '5', '6', '7']]);
  });

  test.each([
    ['too many requests fail', { ratio: '0.2' }, '0.2 of its requests fail, and 0.0144 is the limit'],
    ['nobody asks the next version', { ratio: '' }, 'nobody asked the next version'],
    ['pods do not become ready', { ratio: '0', broken: 'rollout status' }, 'its pods do not become ready'],
    ['the route does not become so', { ratio: '0', broken: 'backendRefs' }, 'it is (it failed), and not 100 0'],
  ])('stops where %s, and says the way back', (_, how, message) => {
    const { status, said, made } = run(how);
    expect([status, said]).toEqual([1, expect.stringContaining(message)]);
    expect(said).toContain('the way back: revert the commit');
    expect(made.length).toBeLessThan(3);
  });
});
