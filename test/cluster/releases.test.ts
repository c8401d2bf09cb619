/**
 * How a new version reaches users, seen from outside through a Gateway that Traefik implements, and by the number of pods: shares, headers and
 * cookies, copies; and what a filter that Traefik does not know would have done.
 */
import { shared } from '../../clusters/shared';
import { components } from '../../constructs/app/components';
import { loadGenerator, networkPolicies } from '../../features';
import {
  ab,
  because,
  blueGreen,
  canary,
  composition,
  cookie,
  environment,
  header,
  hold,
  matrixOf,
  mirror,
  type ReleaseForm,
  rolling,
  share,
  target,
} from '../../index';
import type { Cluster as Place } from '../../model/cluster';
import { stagesOf } from '../../model/release-stages';
import { course } from '../../platform';
import { strata } from '../../tool';
import { Cluster } from './support/cluster';
import { type Reply, request } from './support/http';
import type { KubernetesObject } from './support/kubernetes';
import { runReleaseScript, type ScriptRun } from './support/release-script';
import { explained, say, testOn } from './support/report';
import { type Ask, Commits, serve, versionsOf } from './support/served';
import { steadilyDuring } from './support/traffic';
import { pause, waitFor } from './support/wait';
import { addressOf, admitHost } from './support/workloads';

const place: Place = {
  ...shared,
  gateway: { ...shared.gateway!, implementation: { name: 'traefik', version: '3.5', traefikServices: true } },
};
const trial = environment('dev', { ephemeral: true, elsewhere: 'a test' });
const APP = 'course-dev';
const V2 = 'registry.example.com/course/web:0.2.0';
const [STABLE, NEXT] = ['0.1.0', '0.2.0'];

const cluster = new Cluster('provepod');
let ask: Ask;

beforeAll(
  () =>
    explained(cluster, async () => {
      ask = await serve(cluster, place, { namespace: APP, objects: objectsOf(rolling()), later: objectsOf(toNext(0)) });
    }),
  40 * 60_000,
);

afterAll(() => cluster.close());

/** Which version answers. */
const versionFor = async (headers: Readonly<Record<string, string>> = {}) =>
  [...(await versionsOf(ask, 1, headers)).keys()][0]!;

const commits = new Commits(cluster, objectsOf(rolling()));
/** Applies what a commit of this release changes, and takes away what it no longer has. */
const commit = async (release: ReleaseForm) => (await commits.apply(objectsOf(release)))();

const ready = (name = 'web-next') =>
  cluster.kubectl('rollout', 'status', `deployment/${name}`, '-n', APP, '--timeout=180s');

testOn(cluster, 'canary: shares are exact, and no request is lost on the way there and back', async () => {
  const counted: string[] = [];
  const { sent, failed } = await steadilyDuring(
    async () => {
      await commit(toNext(0));
      await ready();
      expect([...(await versionsOf(ask, 50)).keys()]).toEqual([STABLE]);
      for (const percent of [10, 50, 100, 10]) {
        await commit(toNext(percent));
        await waitFor(`${percent} % of the requests`, 30, async () => {
          const next = (await versionsOf(ask, 100)).get(NEXT) ?? 0;
          expect(Math.abs(next - percent)).toBeLessThanOrEqual(2);
        });
        // The balancer gives out turns by weight: 1,000 requests differ by one or two.
        const next = (await versionsOf(ask, 1000)).get(NEXT) ?? 0;
        counted.push(`${next} of 1000 at ${percent} %`);
        expect(Math.abs(next - percent * 10)).toBeLessThanOrEqual(4);
      }
      // The way back: first the share, then the pods.
      await commit(toNext(0));
      await waitFor('no request more', 30, async () => expect((await versionsOf(ask, 50)).get(NEXT)).toBeUndefined());
      await commit(rolling());
      expect([...(await versionsOf(ask, 50)).keys()]).toEqual([STABLE]);
    },
    () => ask('/visits'),
    20,
  );
  say(`${counted.join(', ')}; ${sent} requests beside them, ${failed.length} failed`);
  expect(failed).toEqual([]);
});

testOn(
  cluster,
  'sticky canary: a client that keeps its cookie stays while shares rise, and is moved when they end',
  async () => {
    const sticky = (at: number) =>
      canary({ next: { image: V2 }, steps: [share(10), hold(), share(50)], at, sticky: { for: '1h' } });
    /** Who comes now, with the cookie that it got and the version that it met. */
    const newClient = async () => {
      const { status, headers, body } = await ask('/info');
      expect(status).toBe(200);
      const cookie = String(headers['set-cookie'] ?? '').split(';')[0]!;
      return { cookie, version: (JSON.parse(body) as { version: string }).version };
    };
    const newClients = async (count: number) => {
      const clients: Awaited<ReturnType<typeof newClient>>[] = [];
      for (let i = 0; i < count; i++) clients.push(await newClient());
      return clients;
    };
    const onNext = (clients: Awaited<ReturnType<typeof newClients>>) =>
      clients.filter(({ version }) => version === NEXT).length;
    const stay = async (clients: Awaited<ReturnType<typeof newClients>>) => {
      for (const { cookie, version } of clients)
        expect([cookie, await versionFor({ cookie })]).toEqual([cookie, version]);
    };
    const { sent, failed } = await steadilyDuring(
      async () => {
        await commit(sticky(0));
        await ready();
        await commit(sticky(10));
        await waitFor('a cookie', 30, async () =>
          expect((await newClient()).cookie).toMatch(/^web-version=[0-9a-f]{16}$/),
        );
        const first = await newClients(200);
        // The requests beside them take turns of the balancer as well: of which client one is, is chance. Three standard deviations.
        expect(Math.abs(onNext(first) - 20)).toBeLessThanOrEqual(12);
        await stay([...first, ...first]);
        await commit(sticky(50));
        let later = first;
        await waitFor('half of those who come', 30, async () => {
          later = await newClients(100);
          expect(Math.abs(onNext(later) - 50)).toBeLessThanOrEqual(15);
        });
        await stay([...first, ...later]);
        say(
          `${onNext(first)} of 200 clients came to the next version at 10 %, ${onNext(later)} of 100 at 50 %; all stayed`,
        );
        await commit(sticky(0));
        await waitFor('that all are moved', 30, async () => {
          for (const { cookie } of [...first, ...later]) expect(await versionFor({ cookie })).toBe(STABLE);
        });
        await commit(sticky(10));
      },
      () => ask('/visits'),
      20,
    );
    say(`${sent} requests beside them, ${failed.length} failed`);
    expect(failed).toEqual([]);
    // An outage of the next version is one of its clients alone.
    const clients = await newClients(40);
    await cluster.kubectl('scale', 'deployment/web-next', '-n', APP, '--replicas=0');
    await waitFor('no pod of the next version', 60, async () =>
      expect(await cluster.list(APP, 'pods', 'app.kubernetes.io/name=web-next')).toEqual([]),
    );
    const answersTo = async (version: string) => {
      const seen = new Set<string>();
      for (const client of clients.filter((each) => each.version === version))
        seen.add(await versionFor({ cookie: client.cookie }));
      return [...seen];
    };
    expect(await answersTo(STABLE)).toEqual([STABLE]);
    // Connections that Traefik kept to its last pods may still wait for an answer.
    await waitFor('errors of the next version alone', 60, async () => expect(await answersTo(NEXT)).toEqual(['502']));
    expect(await answersTo(STABLE)).toEqual([STABLE]);
    await commit(sticky(0));
    await commit(rolling());
    await waitFor('an answer of the first version', 30, async () =>
      expect([...(await versionsOf(ask, 50)).keys()]).toEqual([STABLE]),
    );
  },
);

testOn(cluster, 'under a path prefix the app sees its own paths, and writes links that lead back', async () => {
  const objects = objectsOf(rolling(), { prefix: '/shop' });
  await cluster.apply(...objects.filter(({ kind }) => kind === 'HTTPRoute'));
  await waitFor('the page', 30, async () => expect((await ask('/shop/')).status).toBe(200));
  for (const path of ['/shop', '/shop/']) expect((await ask(path)).body).toContain('action="/shop/guestbook"');
  const statuses = ['/shop/info', '/shop/metrics', '/shop/healthz', '/', '/info', '/shopping', '/SHOP/'];
  expect(await Promise.all(statuses.map(async (path) => (await ask(path)).status))).toEqual([
    200, 404, 404, 404, 404, 404, 404,
  ]);
  await cluster.apply(...objectsOf(rolling()).filter(({ kind }) => kind === 'HTTPRoute'));
  await waitFor('the page', 30, async () => expect((await ask('/')).status).toBe(200));
});

testOn(cluster, 'ab: a header or a cookie decides, exactly', async () => {
  const expectVersions = async (cases: readonly (readonly [Readonly<Record<string, string>>, string])[]) => {
    for (const [headers, version] of cases)
      expect([headers, [...(await versionsOf(ask, 50, headers))]]).toEqual([headers, [[version, 50]]]);
  };
  await commit(ab({ next: { image: V2 }, when: header('X-Group', 'beta') }));
  await ready();
  await waitFor('the rule', 30, async () => expect(await versionFor({ 'X-Group': 'beta' })).toBe(NEXT));
  await expectVersions([
    [{}, STABLE],
    [{ 'x-group': 'beta' }, NEXT],
    [{ 'X-GROUP': 'beta' }, NEXT],
    [{ 'X-Group': 'Beta' }, STABLE],
    [{ 'X-Group': 'betas' }, STABLE],
    [{ 'X-Group': '' }, STABLE],
    [{ 'X-Groups': 'beta' }, STABLE],
  ]);
  await commit(ab({ next: { image: V2 }, when: cookie('release', 'next') }));
  await waitFor('the rule', 30, async () => expect(await versionFor({ cookie: 'release=next' })).toBe(NEXT));
  await expectVersions([
    [{}, STABLE],
    [{ cookie: 'release=next' }, NEXT],
    [{ cookie: 'release=next; session=1' }, NEXT],
    [{ cookie: 'session=1; release=next; more=2' }, NEXT],
    [{ cookie: 'session=1; release=next' }, NEXT],
    [{ cookie: 'release=nextone' }, STABLE],
    [{ cookie: 'prerelease=next' }, STABLE],
    [{ cookie: 'session=release=next' }, STABLE],
    [{ 'X-Cookie': 'release=next' }, STABLE],
  ]);
  await commit(rolling());
});

testOn(cluster, 'mirror: the next version gets copies, and nothing of what people see or keep is touched', async () => {
  const copies = (percent: number) => mirror({ next: { image: V2 }, share: percent, state: 'own' });
  const { sent, failed } = await steadilyDuring(
    async () => {
      await commit(copies(0));
      await ready();
      await commit(copies(25));
      await pause(3);
    },
    () => ask('/visits'),
    20,
  );
  say(`${sent} requests on the way there, ${failed.length} failed`);
  expect(failed).toEqual([]);
  await cluster.apply(admitHost(APP, 'web-next', 8080, await cluster.hostAddress()));
  const [agent, next] = [await cluster.agent(false), await addressOf(cluster, APP, 'web-next')];
  const visits = async (from: () => Promise<Reply>) => (JSON.parse((await from()).body) as { visits: number }).visits;
  const own = () => visits(() => ask('/visits'));
  const copied = () => visits(() => request({ agent, ...next, path: '/visits' }));
  await waitFor('a copy', 30, async () => {
    await ask('/');
    expect(await copied()).toBeGreaterThan(0);
  });
  const [before, copiesBefore] = [await own(), await copied()];
  for (let i = 0; i < 400; i++) expect((await ask('/')).status).toBe(200);
  expect((await own()) - before).toBe(400);
  await waitFor('the last copies', 10, async () => {
    const more = (await copied()) - copiesBefore;
    say(`${more} of 400 requests were copied at 25 %`);
    expect(Math.abs(more - 100)).toBeLessThanOrEqual(1);
  });
  // What becomes of the copies is nobody's business.
  await cluster.kubectl('scale', 'deployment/web-next', '-n', APP, '--replicas=0');
  await waitFor('no pod of the next version', 60, async () =>
    expect(await cluster.list(APP, 'pods', 'app.kubernetes.io/name=web-next')).toEqual([]),
  );
  for (let i = 0; i < 100; i++) expect((await ask('/')).status).toBe(200);
  const back = await steadilyDuring(
    async () => {
      await commit(copies(0));
      await pause(3);
      await commit(rolling());
      await pause(3);
    },
    () => ask('/visits'),
    20,
  );
  expect(back.failed).toEqual([]);
});

testOn(
  cluster,
  'the filter RequestMirror, which is not rendered for Traefik, would have answered 500 to everybody',
  async () => {
    const route = commits.applied.find(({ kind }) => kind === 'HTTPRoute')! as KubernetesObject & {
      readonly spec: { readonly rules: readonly { readonly backendRefs: readonly { name: string; port: number }[] }[] };
    };
    const [rule] = route.spec.rules;
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: rule!.backendRefs[0] } }];
    await cluster.apply({ ...route, spec: { ...route.spec, rules: [{ ...rule, filters }] } } as KubernetesObject);
    await waitFor('its answer', 30, async () => expect((await ask('/visits')).status).toBe(500));
    await cluster.apply(route);
    await waitFor('an answer', 30, async () => expect((await ask('/visits')).status).toBe(200));
  },
);

/** What `strata plan release` prints for a shell, and what each of its stages renders. */
async function scriptOf(release: ReleaseForm): Promise<{ script: string; states: readonly KubernetesObject[][] }> {
  const printed: string[] = [];
  const composed = projectOf(release);
  const host = {
    ...{ env: {}, composition: () => composed, print: (line: string) => printed.push(line) },
    printError: (line: string) => say(line),
  };
  const [only] = composed.matrix.targets();
  await strata.run(['plan', 'release', only!.name, 'web', '--format', 'sh'], host);
  const states = stagesOf(release).map((stage) => objectsOf(stage.release, stage.image ? { image: stage.image } : {}));
  return { script: printed.join('\n'), states };
}

const BROKEN = 'registry.example.com/course/web:0.2.404';

testOn(
  cluster,
  'the script that a plan prints brings a canary to its end while a commit takes seconds to arrive',
  async () => {
    const release = canary({ next: { image: V2 }, steps: [share(50)] });
    const { script, states } = await scriptOf(release);
    let run: ScriptRun | undefined;
    /** When the version before answered last. */
    let last = 0;
    const { sent, failed } = await steadilyDuring(
      async () => {
        run = await runReleaseScript(cluster, script, commits.applied, states, { timeout: 240 });
        commits.applied = states.at(-1)!;
      },
      async () => {
        const reply = await ask('/info');
        if (reply.status === 200 && (JSON.parse(reply.body) as { version: string }).version === STABLE)
          last = Date.now();
        return reply;
      },
      20,
    );
    const { code, made, said, times } = run!;
    expect([code, made, code === 0 ? '' : said]).toEqual([0, [1, 2, 3, 4, 5, 6], '']);
    // The requests go back to the service itself when it is the next version, and not while its old pods are there.
    expect(last).toBeLessThan(times[4]!);
    say(`${sent} requests meanwhile, ${failed.length} failed`);
    expect(failed).toEqual([]);
    // The last check has seen that nothing of the next version is left beside the first.
    expect(await cluster.kubectl('get', 'deployments', '-n', APP, '-o', 'name')).not.toContain('web-next');
    expect([...(await versionsOf(ask, 50)).keys()]).toEqual([NEXT]);
    await commit(rolling());
    await ready('web');
  },
);

testOn(cluster, 'the script stops at the stage whose pods cannot start, and nobody asks them', async () => {
  const broken = { image: BROKEN };
  for (const release of [canary({ next: broken, steps: [share(50)] }), blueGreen({ live: 'blue', green: broken })]) {
    const { script, states } = await scriptOf(release);
    const { sent, failed } = await steadilyDuring(
      async () => {
        const run = await runReleaseScript(cluster, script, commits.applied, states, { timeout: 30 });
        expect([run.code, run.made, run.said]).toEqual([
          1,
          [1],
          expect.stringContaining('its pods do not become ready'),
        ]);
        expect(run.said).toContain('the way back: revert the commit of this stage, and publish');
      },
      () => ask('/visits'),
      20,
    );
    say(`${release.way}: ${sent} requests meanwhile, ${failed.length} failed`);
    expect(failed).toEqual([]);
    commits.applied = states[0]!;
    await commit(rolling());
    await ready('web');
  }
});

testOn(cluster, 'the script switches from blue to green when somebody has said so', async () => {
  const { script, states } = await scriptOf(blueGreen({ live: 'blue', green: { image: V2 } }));
  const first = await runReleaseScript(cluster, script, commits.applied, states, { timeout: 240 });
  expect([first.code, first.made, first.said]).toEqual([0, [1], expect.stringContaining('go on with FROM=2')]);
  expect([...(await versionsOf(ask, 50)).keys()]).toEqual([STABLE]);
  const { failed } = await steadilyDuring(
    async () => {
      const second = await runReleaseScript(cluster, script, commits.applied, states, { from: 2, timeout: 240 });
      expect([second.code, second.made, second.code === 0 ? '' : second.said]).toEqual([0, [2], '']);
    },
    () => ask('/visits'),
    20,
  );
  expect(failed).toEqual([]);
  expect([...(await versionsOf(ask, 50)).keys()]).toEqual([NEXT]);
  commits.applied = states[1]!;
  await commit(rolling());
  await ready('web');
});

testOn(cluster, 'canary by the number of pods: each connection meets one of them at random', async () => {
  const [pods, connections] = [4, 2000];
  const release = canary({ next: { image: V2 }, steps: [share(25), hold(), share(50)], at: 25 });
  const prune = await commits.apply(objectsOf(release, { through: because('nothing', 'a test'), replicas: pods }));
  await prune();
  const host = await cluster.hostAddress();
  await cluster.apply(admitHost(APP, 'web', 8080, host), admitHost(APP, 'web-next', 8080, host));
  for (const name of ['web', 'web-next']) await ready(name);
  const [agent, web] = [await cluster.agent(false), await addressOf(cluster, APP, 'web')];
  const answer = async () => {
    const { body } = await request({ agent, ...web, path: '/info' });
    return JSON.parse(body) as { readonly pod: string; readonly version: string };
  };
  // Ready pods get connections once the nodes have heard of them, and the pods before them until then.
  await waitFor('answers of these pods alone', 60, async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) seen.add((await answer()).pod);
    const there = await cluster.list(APP, 'pods', 'strata/service=web');
    expect([...seen].sort()).toEqual(there.map(({ metadata }) => metadata.name).sort());
    expect(there).toHaveLength(pods);
  });
  let next = 0;
  for (let i = 0; i < connections; i++) if ((await answer()).version === NEXT) next++;
  say(`${next} of ${connections} connections met the next version, which is one pod of ${pods}`);
  // Four standard deviations: a false alarm in 16,000 runs.
  expect(Math.abs(next - connections / 4)).toBeLessThan(4 * Math.sqrt(connections * 0.25 * 0.75));
  await commit(rolling());
  await waitFor('an answer', 60, async () => expect(await versionFor()).toBe(STABLE));
});

function toNext(at: number): ReleaseForm {
  return canary({ next: { image: V2 }, steps: [share(10), hold(), share(50)], at });
}

/** The target with this release. */
function projectOf(
  release: ReleaseForm,
  {
    through,
    prefix,
    replicas = 2,
    image,
  }: { through?: ReturnType<typeof because<'nothing'>>; prefix?: string; replicas?: number; image?: string } = {},
) {
  const one = target(trial, place, [networkPolicies, loadGenerator], {
    settings: {
      web: {
        replicas: because(replicas, 'a test'),
        release: because(release, 'a test'),
        ...(image === undefined ? {} : { image: because(image, 'a test') }),
      },
      ...(through ? { route: { through } } : {}),
      ...(prefix === undefined ? {} : { route: { prefix: because(prefix, 'a test') } }),
    },
  });
  return composition({ ...course, matrix: matrixOf(components, one) });
}

/** What it renders. */
function objectsOf(release: ReleaseForm, options: Parameters<typeof projectOf>[1] = {}): KubernetesObject[] {
  const { matrix, compose } = projectOf(release, options);
  return compose(matrix.targets()[0]!).flatMap((component) => component.objects as readonly KubernetesObject[]);
}
