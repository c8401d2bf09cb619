import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../cli/command';
import { kind as laptop } from '../../clusters/kind';
import { shared } from '../../clusters/shared';
import { composition } from '../../composition/composition';
import { components } from '../../constructs/app/components';
import { Redis } from '../../constructs/app/redis';
import { WebService } from '../../constructs/app/web-service';
import { prod } from '../../environments/prod';
import { autoscaling, disruptionBudgets, loadGenerator, networkPolicies, prometheus } from '../../features';
import type { ArgoRollouts } from '../../model/cluster-facts';
import { because } from '../../model/layers';
import { Matrix, target } from '../../model/matrix';
import type { ReleaseForm } from '../../model/release';
import { blueGreen, canary, hold, isControlled, mirror, rolling, share, watch } from '../../model/release';
import { release as releaseSetting } from '../../model/release-setting';
import { text } from '../../model/setting';
import { settingsOf } from '../../model/settings';
import { environment } from '../../model/target';
import { course } from '../../platform';
import { strata } from '../../tool';

const [V1, V2] = ['registry.example.com/course/web:1.0.0', 'registry.example.com/course/web:2.0.0'];
const { settings: _, ...kind } = laptop;
const trial = environment('trial', { ephemeral: true, elsewhere: 'a test' });
const next = { image: V2 };
const steps = [share(10), watch('10m'), share(50), hold()];

const argoRollouts: ArgoRollouts = {
  version: '1.9',
  pods: { name: 'Argo Rollouts', namespaceLabels: { name: 'argo' }, podLabels: { name: 'rollouts' } },
  sharesBy: 'gateway-api',
};

const TRAEFIK = { name: 'traefik', version: '3.7', traefikServices: true } as const;

const of = (release: ReleaseForm, image: string) => {
  const settings = {
    web: { image: because(image, 'a test'), replicas: because(4, 'a test'), release: because(release, 'a test') },
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

/** The same where Argo Rollouts runs, beside a Gateway and without one. */
const controlled = (release: ReleaseForm) => {
  const settings = {
    web: { image: because(V1, 'a test'), replicas: because(4, 'a test'), release: because(release, 'a test') },
  };
  const form = because('discovery' as const, 'a test');
  const { sharesBy: _, ...byPods } = argoRollouts;
  return composition({
    ...course,
    matrix: new Matrix(
      components,
      target(trial, { ...shared, argoRollouts }, [networkPolicies, prometheus, disruptionBudgets], {
        settings: { ...settings, prometheus: { form } },
      }),
      target(trial, { ...kind, argoRollouts: byPods }, [networkPolicies], { settings }),
    ),
  });
};

const platformOf = (release: ReleaseForm, image = V1) =>
  isControlled(release) ? controlled(release) : of(release, image);

function planned(release: ReleaseForm, ...words: string[]) {
  return plannedOn(platformOf(release), ...words);
}

async function plannedOn(platform: ReturnType<typeof of>, ...words: string[]) {
  const [printed, errors]: string[][] = [[], []];
  const host = {
    ...{
      env: {},
      composition: () => platform,
      print: (line: string) => printed!.push(line),
    },
    printError: (line: string) => errors!.push(line),
  } satisfies Host;
  const code = await strata.run(['plan', 'release', ...words], host);
  return { code, text: printed!.join('\n'), errors: errors!.join('\n') };
}

interface Plan {
  readonly isAtEnd: boolean;
  readonly stages: readonly {
    readonly does: string;
    readonly set: string;
    readonly isNow: boolean;
    readonly isFromUnknown: boolean;
    readonly changes: readonly { readonly objects: readonly string[]; readonly class: string }[];
    readonly checks: readonly { readonly command: string; readonly expected?: string }[];
    readonly watch?: { readonly for: string; readonly query: string; readonly limit: string };
    readonly problems: readonly { readonly check: string }[];
  }[];
}
const stagesOf = async (
  release: ReleaseForm,
  name = 'prod@shared',
  platform: (release: ReleaseForm) => ReturnType<typeof composition> = platformOf,
) => (JSON.parse((await plannedOn(platform(release), name, 'web', '--format', 'json')).text) as Plan).stages;

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
    // Both versions stand in the route from the first stage on: after it requests are shifted, and nothing is opened or lost.
    const routes = stages.map(({ changes }) =>
      changes.flatMap((change) => (change.objects.join().startsWith('HTTPRoute') ? change.class : [])),
    );
    expect(routes).toEqual([['exposure'], ...Array(3).fill(['in-place']), [], ['in-place'], ['in-place']]);
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

describe('by a Gateway of Traefik', () => {
  const byTraefik = (release: ReleaseForm) =>
    composition({
      ...course,
      matrix: new Matrix(
        components,
        target(trial, { ...shared, gateway: { ...shared.gateway!, implementation: TRAEFIK } }, [networkPolicies], {
          settings: { web: { image: because(V1, 'a test'), release: because(release, 'a test') } },
        }),
      ),
    });

  test('a canary that keeps its clients is one by a route, though none leads to the next version at its first stage', async () => {
    const stages = await stagesOf(canary({ next, steps, sticky: { for: '1h' } }), 'trial@shared', byTraefik);
    expect(stages.map(({ does }) => does)).toEqual(['pods', 'share', 'share', 'share', 'first', 'back', 'end']);
  });

  test('where the service itself gets the requests back, by another object than before, nothing is lost and nothing opened', async () => {
    const stages = await stagesOf(canary({ next, steps, sticky: {} }), 'trial@shared', byTraefik);
    const classes = stages.map(({ changes }) =>
      changes.flatMap((change) => (change.objects.join().startsWith('HTTPRoute') ? change.class : [])),
    );
    // The first requests for the next version open it.
    expect(classes).toEqual([[], ['exposure'], [], [], [], ['in-place'], []]);
  });

  test('a state that comes twice may be the one of now both times, which is said', async () => {
    const begun = mirror({ next, share: 0, state: 'own' });
    const now = async (release: ReleaseForm) =>
      (await stagesOf(release, 'trial@shared', byTraefik)).map(({ isNow }) => isNow);
    expect(await now(begun)).toEqual([true, false, true, false]);
    expect(await now({ ...begun, share: 10 })).toEqual([false, true, false, false]);
    const { text } = await plannedOn(byTraefik(begun), 'trial@shared');
    expect(text).toContain('(the sources say this; stage 3 is alike)');
    expect(text).toContain('(the sources say this; stage 1 is alike)');
  });
});

describe('a canary whose service is set to the next version itself is at its end', () => {
  const ended = (at: number) => platformOf(canary({ next, steps, at }), V2);
  const remaining = async (at: number, name = 'prod@shared') => {
    const { code, text } = await plannedOn(ended(at), name, 'web', '--format', 'json');
    const { stages, isAtEnd } = JSON.parse(text) as Plan;
    return { code, isAtEnd, stages };
  };

  test('while all requests are with the next one, two commits remain', async () => {
    const { code, isAtEnd, stages } = await remaining(100);
    expect([code, isAtEnd]).toEqual([0, true]);
    expect(stages.map(({ does, isNow }) => [does, isNow])).toEqual([
      ['first', true],
      ['back', false],
      ['end', false],
    ]);
    // What it was before is not known: its pods are asked for whatever it was.
    const [now, back] = stages;
    expect([now?.isFromUnknown, now?.changes]).toEqual([true, []]);
    expect(now?.checks).toContainEqual({
      command: "kubectl get deployment web -n course-prod -o 'jsonpath={.spec.template.spec.containers[*].image}'",
      expected: V2,
    });
    expect(now?.checks.map(({ command }) => command)).toContain(
      'kubectl rollout status deployment/web -n course-prod --timeout=15m',
    );
    expect(back?.isFromUnknown).toBe(false);
    expect(back?.checks).toContainEqual({
      command: "kubectl get httproute web -n course-prod -o 'jsonpath={.spec.rules[*].backendRefs[*].weight}'",
      expected: '100 0',
    });
  });

  test('once it has them back, one', async () => {
    const { stages } = await remaining(0);
    expect(stages.map(({ does, isNow, isFromUnknown }) => [does, isNow, isFromUnknown])).toEqual([
      ['back', true, false],
      ['end', false, false],
    ]);
    const { text } = await plannedOn(ended(0), 'prod@shared', 'web');
    expect(text).toContain(
      `canary to \`${V2}\`, at its end: web is set to that image itself. 1 commit remains after stage 1.`,
    );
  });

  test('by the number of pods it comes back as it went', async () => {
    const at = async (percent: number) => {
      const platform = platformOf(canary({ next, steps: [share(25), share(50)], at: percent }), V2);
      const { text } = await plannedOn(platform, 'trial@kind', 'web', '--format', 'json');
      return (JSON.parse(text) as Plan).stages.map(({ set }) => /at: (\d+)/.exec(set)?.[1] ?? 'end');
    };
    expect(await at(100)).toEqual(['100', '50', '25', '0', 'end']);
    expect(await at(25)).toEqual(['25', '0', 'end']);
  });

  test('where shares are dealt out by a route, it is not while the next one has but a share', async () => {
    const { code, errors } = await plannedOn(ended(10), 'prod@shared', 'web');
    expect([code, errors]).toEqual([2, expect.stringContaining('give the service itself the image before again')]);
  });
});

describe('blue and green, from the second release on', () => {
  const V3 = V1.replace('1.0.0', '3.0.0');

  test.each([
    ['blue is to come', blueGreen({ live: 'green', green: next, blue: { image: V3 } }), V2, V3, 'web'],
    ['green is to come', blueGreen({ live: 'blue', green: { image: V3 }, blue: next }), V2, V3, 'web-green'],
  ])('%s: the version that gets the requests is the one of now', async (_, release, from, to, comes) => {
    const { text } = await planned(release, 'prod@shared', 'web');
    expect(text).toContain(`blueGreen: from \`${from}\` to \`${to}\`.`);
    const [first, switched] = await stagesOf(release);
    expect([first?.isFromUnknown, first?.changes]).toEqual([true, []]);
    expect(first?.checks).toContainEqual({
      command: `kubectl get deployment ${comes} -n course-prod -o 'jsonpath={.spec.template.spec.containers[*].image}'`,
      expected: V3,
    });
    // The requests move by one field, and whoever asked gets answers still.
    expect(switched?.changes).toContainEqual(
      expect.objectContaining({ objects: ['Service/course-prod/web'], class: 'exposure' }),
    );
  });

  test('the first has rolling before it', async () => {
    const release = blueGreen({ live: 'blue', green: next });
    expect((await planned(release, 'prod@shared')).text).toContain(`from \`${V1}\` to \`${V2}\`.`);
    const [first] = await stagesOf(release);
    expect(first?.isFromUnknown).toBe(false);
    expect(first?.changes.flatMap((change) => change.objects)).toContain('Deployment/course-prod/web-green');
  });
});

describe('where two services of a target are released', () => {
  const shopSettings = settingsOf('shop', { image: text(V1), release: releaseSetting() });
  /** The course and a shop, which runs the same image. */
  const both = (release: ReleaseForm, ofShop: ReleaseForm, called = 'shop') => {
    const asked = (form: ReleaseForm) => ({ image: because(V1, 'a test'), release: because(form, 'a test') });
    return composition({
      ...course,
      compose: (platform) => {
        course.compose(platform);
        const { namespace, settings, target: of } = platform;
        const { shop } = settings as unknown as {
          readonly shop: { readonly image: string; readonly release: ReleaseForm };
        };
        const redis = new Redis(platform.component('shop-redis'), 'shop-redis', {
          ...settings.redis,
          namespace,
          storage: of.cluster.storage,
          credentials: platform.credentials(settings.redis.credentialsRevision),
        });
        new WebService(platform.component('shop'), called, {
          ...settings.web,
          ...shop,
          ...{ namespace, redis, environment: 'trial', scrapeJob: 'shop', replicas: 8, argoRollouts },
          traffic: platform.traffic,
        });
      },
      matrix: new Matrix(
        [...components, shopSettings],
        target(trial, { ...shared, argoRollouts }, [networkPolicies], {
          settings: {
            web: { ...asked(release), replicas: because(4, 'a test') },
            shop: asked(ofShop),
          } as never,
        }),
      ),
    });
  };
  const share25 = [share(25), watch('10m')];

  test.each(['web', 'shop'])('the plan of %s watches its own requests', async (service) => {
    const release = canary({ next, steps: share25 });
    const { text: json, errors } = await plannedOn(both(release, release), 'trial@shared', service, '--format', 'json');
    expect(errors).toBe('');
    const watched = (JSON.parse(json) as Plan).stages.find((stage) => stage.watch);
    expect(watched?.watch?.query).toContain(`deployment="${service}-next"`);
  });

  test.each([
    ['web', 'web', 4],
    ['shop', 'shop', 8],
  ])('the plan of %s speaks of its own Rollout', async (service, name, replicas) => {
    const release = canary({ by: 'argo-rollouts', steps: share25 });
    const { text: json, errors } = await plannedOn(both(release, release), 'trial@shared', service, '--format', 'json');
    expect(errors).toBe('');
    expect(JSON.parse(json)).toMatchObject({ name, replicas });
  });

  test('whose pods are meant is not guessed', async () => {
    const release = canary({ by: 'argo-rollouts', steps: share25 });
    const { code, errors } = await plannedOn(both(release, release, 'store'), 'trial@shared', 'shop');
    expect([code, errors]).toEqual([2, expect.stringContaining('no pods with the label strata/service: shop')]);
  });

  test('one of them is to be named', async () => {
    const { code, errors } = await plannedOn(
      both(canary({ next, steps: share25 }), blueGreen({ live: 'blue', green: next })),
      'trial@shared',
    );
    expect([code, errors]).toEqual([2, expect.stringContaining('name one of web, shop')]);
  });
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
      '  *containers*image*) echo registry.example.com/course/web:2.0.0 ;;',
      '  *spec.replicas*) echo 4 ;;',
      '  *ignore-not-found*) ;;',
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

describe('by Argo Rollouts', () => {
  const byArgo = canary({ by: 'argo-rollouts', steps, judge: { failing: 5 } });

  test('is one commit, and each state that its controller brings it into is told', async () => {
    const { code, text, errors } = await planned(byArgo, 'trial@shared', 'web');
    expect([code, errors]).toEqual([0, '']);
    const at = 'web -n course-trial';
    expect(text.split('\n').slice(2)).toEqual([
      'canary by Argo Rollouts: one commit, which changes the image; its controller does the rest. The numbers are those of 4 pods; there are at most 8 at a time.',
      '',
      `1. Set \`web.image\` (target; \`${V1}\` runs), commit, and publish.`,
      `   - See what follows: \`kubectl argo rollouts get rollout ${at} --watch\``,
      '2. 10 % of the requests go to the next version: 1 pod beside 4.',
      `   - It is measured for 10m, every 2m: above 5 % of failing requests it goes back by itself; without requests it waits, for \`kubectl argo rollouts promote ${at}\` or abort.`,
      '3. 50 % of the requests go to the next version: 2 pods beside 4.',
      `   - It waits until somebody says so: \`kubectl argo rollouts promote ${at}\``,
      '4. All new connections go to the next version, with 4 pods; the 4 pods of the version before stay.',
      '   - They stay for 30s, and with them connections that are open.',
      '5. The next version is alone, with 4 pods.',
      '',
      `- Stop and go back, at any time before the last: \`kubectl argo rollouts abort ${at}\`; then revert the commit. In this order under Argo CD: its sync lasts as long as the release, and takes no other commit before it has ended or failed.`,
      '- Pods that do not start end the release by themselves after ten minutes.',
      '',
    ]);
  });

  test('where shares are pods, one goes for each that comes', async () => {
    const { text } = await planned(
      canary({ by: 'argo-rollouts', steps: [hold(), share(25), watch('5m')] }),
      'trial@kind',
    );
    expect(text).toContain('1 pod beside 3.');
    expect(text).toContain('   - It waits for 5m.');
    expect(text).toContain('2. No pod of the next version has started.');
    expect(text).toContain('there are at most 5 at a time');
  });

  test('blueGreen has both versions until the old one may go', async () => {
    const release = blueGreen({ by: 'argo-rollouts', keepOld: '5m', judge: { failing: 1, watch: '1h' } });
    const { text } = await planned(release, 'trial@shared');
    expect(text).toMatch(
      /there are at most 8 at a time[^]*starts with 4 pods beside 4, and gets no request\.\n.*promote web[^]*All new connections[^]*measured for 1h[^]*They stay for 5m[^]*alone, with 4 pods/,
    );
    const at = JSON.parse((await planned(release, 'trial@shared', '--format', 'json')).text) as object;
    expect(at).toMatchObject({ replicas: 4, stages: [{ does: 'start' }, { does: 'switch' }, { does: 'end' }] });
    expect((await planned(release, 'trial@shared', '--format', 'sh')).errors).toContain('write one of markdown, json');
  });
});
