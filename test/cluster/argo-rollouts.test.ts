/**
 * Releases that Argo Rollouts carries out, through a Gateway that Traefik implements: a commit changes the image, and the controller starts the
 * next version, gives it its share, measures it, and goes on, waits or goes back.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { shared } from '../../clusters/shared';
import { components } from '../../constructs/app/components';
import { argoObjects } from '../../constructs/delivery/argocd';
import { networkPolicies, prometheus } from '../../features';
import {
  because,
  blueGreen,
  canary,
  composition,
  environment,
  hold,
  matrixOf,
  type ReleaseForm,
  rolling,
  share,
  target,
  watch,
} from '../../index';
import type { Cluster as Place } from '../../model/cluster';
import { deliveryFacts } from '../../model/delivered';
import { course } from '../../platform';
import { planTarget } from '../../render/plan';
import { abort, installArgoRollouts, promote, type Rollout } from './support/argo-rollouts';
import { type Application, delivered, installArgoCd, nameOfResult, ownClusterAs, refresh } from './support/argocd';
import { Cluster } from './support/cluster';
import { GitRepository } from './support/git';
import { loadProgram } from './support/images';
import type { KubernetesObject } from './support/kubernetes';
import { secondsSince } from './support/monitored';
import { explained, say, testOn } from './support/report';
import { type Ask, Commits, serve, versionsOf } from './support/served';
import { steadilyDuring } from './support/traffic';
import { pause, waitFor } from './support/wait';

const WAVE = 'argocd.argoproj.io/sync-wave';
const CONTROLLER = 'argo-rollouts';
const place: Place = {
  ...shared,
  gateway: { ...shared.gateway!, implementation: { name: 'traefik', version: '3.5', traefikServices: true } },
  argoRollouts: {
    version: '1.9',
    pods: {
      name: 'Argo Rollouts',
      namespaceLabels: { 'kubernetes.io/metadata.name': CONTROLLER },
      podLabels: { 'app.kubernetes.io/name': CONTROLLER },
    },
    sharesBy: 'traefik',
  },
};
const trial = environment('dev', { ephemeral: true, elsewhere: 'a test' });
const APP = 'course-dev';
const EVERY = 20;
const [V1, V2, FAULTY] = ['0.1.0', '0.2.0', '0.3.0'];
const imageOf = (version: string) => `registry.example.com/course/web:${version}`;

const byArgo = canary({
  by: 'argo-rollouts',
  steps: [share(20), watch(`${2n * BigInt(EVERY)}s`), share(50), hold()],
  judge: { failing: 5, every: `${BigInt(EVERY)}s` },
});
const switched = blueGreen({
  by: 'argo-rollouts',
  keepOld: '1m',
  judge: { failing: 5, every: `${BigInt(EVERY)}s`, watch: `${2n * BigInt(EVERY)}s` },
});

/** The target with this release, running this version. */
function targetOf(release: ReleaseForm, version = V1) {
  const one = target(trial, place, [networkPolicies, prometheus], {
    settings: {
      web: {
        replicas: because(2, 'a test'),
        release: because(release, 'a test'),
        image: because(imageOf(version!), 'a test'),
      },
      prometheus: { form: because('discovery', 'a test'), interval: because('5s', 'nobody waits') },
    },
  });
  const { matrix, compose } = composition({ ...course, matrix: matrixOf(components, one) });
  const [resolved] = matrix.targets();
  return { target: resolved!, components: compose(resolved!) };
}

function objectsOf(release: ReleaseForm, version?: string): KubernetesObject[] {
  return targetOf(release, version).components.flatMap(({ wave, objects }) =>
    (objects as readonly KubernetesObject[]).map((object) => {
      const { metadata } = object;
      const annotations = { ...metadata.annotations, [WAVE]: String(wave) };
      return { ...object, metadata: { ...metadata, annotations } };
    }),
  );
}

const cluster = new Cluster('proverol');
let ask: Ask;

beforeAll(
  () =>
    explained(cluster, async () => {
      ask = await serve(cluster, place, {
        namespace: APP,
        objects: objectsOf(rolling()),
        later: objectsOf(byArgo, V2),
      });
      await loadProgram(cluster, imageOf(FAULTY!), 'faulty-web.js');
      await installArgoRollouts(cluster, CONTROLLER);
    }),
  40 * 60_000,
);

afterAll(() => cluster.close());

const commits = new Commits(cluster, objectsOf(rolling()));
/** Applies what a commit changes, and gives back what takes away what it no longer has. */
const commit = (release: ReleaseForm, version?: string) => commits.apply(objectsOf(release, version));

type Selecting = KubernetesObject & { readonly spec: { readonly selector?: Readonly<Record<string, string>> } };
const rollout = () => cluster.get<Rollout>(APP, 'rollout', 'web');

/** Waits until the Rollout is in a phase, and gives back what its controller says of it. */
async function isIn(phase: string, seconds: number, more: (status: NonNullable<Rollout['status']>) => void = () => {}) {
  return waitFor(`${phase}`, seconds, async () => {
    const { status = {} } = await rollout();
    expect(`${status.phase} ${phase === status.phase ? '' : status.message}`.trim()).toBe(phase);
    more(status);
    return status;
  });
}

/** Waits for a share of the requests for the next version, and counts it. */
async function sharedOut(percent: number): Promise<string> {
  await waitFor(`${percent} % of the requests`, 120, async () => {
    expect(Math.abs(((await versionsOf(ask, 100)).get(V2!) ?? 0) - percent)).toBeLessThanOrEqual(4);
  });
  const next = (await versionsOf(ask, 500)).get(V2!) ?? 0;
  // Turns are given out by weight, to these requests and to those beside them.
  expect(Math.abs(next - percent * 5)).toBeLessThanOrEqual(10);
  return `${next} of 500 at ${percent} %`;
}

testOn(cluster, 'from a Deployment to a Rollout of the same name, and no request is lost', async () => {
  const { sent, failed } = await steadilyDuring(
    async () => {
      const prune = await commit(byArgo);
      await isIn('Healthy', 180);
      // As Argo CD does with PruneLast: when everything new is healthy.
      await prune();
      await waitFor('the pods of the Deployment have gone', 120, async () => {
        const pods = await cluster.list(APP, 'pods', 'app.kubernetes.io/name=web');
        expect(pods.map(({ metadata }) => metadata.labels?.['pod-template-hash']).filter(Boolean)).toEqual([]);
        expect(pods).toHaveLength(2);
      });
    },
    () => ask('/visits'),
    20,
  );
  say(`${sent} requests, ${failed.length} failed`);
  expect(failed).toEqual([]);
});

testOn(cluster, 'canary: its share is exact, it is measured, waits for somebody, and becomes the service', async () => {
  const counted: string[] = [];
  const { sent, failed } = await steadilyDuring(
    async () => {
      await commit(byArgo, V2);
      counted.push(await sharedOut(20));
      await isIn('Paused', 180, ({ currentStepIndex }) => expect(currentStepIndex).toBe(3));
      const [run] = await cluster.list<
        KubernetesObject & { status?: { phase?: string; metricResults?: { count: number; successful: number }[] } }
      >(APP, 'analysisrun');
      expect(run?.status).toMatchObject({ phase: 'Successful', metricResults: [{ count: 2, successful: 2 }] });
      counted.push(await sharedOut(50));
      await promote(cluster, APP, 'web');
      await isIn('Healthy', 180);
      await waitFor('all requests', 60, async () => expect(await versionsOf(ask, 50)).toEqual(new Map([[V2!, 50]])));
    },
    () => ask('/visits'),
    20,
  );
  say(`${counted.join(', ')}; ${sent} requests beside them, ${failed.length} failed`);
  expect(failed).toEqual([]);
});

testOn(cluster, 'a version of which a fifth of the requests fails is taken back within one measurement', async () => {
  const { failed, sent } = await steadilyDuring(
    async () => {
      await commit(byArgo, FAULTY);
      await waitFor('its first failure', 120, async () =>
        expect((await versionsOf(ask, 50)).get('500')).toBeGreaterThan(0),
      );
      const begun = Date.now();
      await isIn('Degraded', EVERY + 60, ({ abort: aborted }) => expect(aborted).toBe(true));
      const took = (Date.now() - begun) / 1000;
      await waitFor('no request more', 30, async () =>
        expect(await versionsOf(ask, 100)).toEqual(new Map([[V2!, 100]])),
      );
      say(`taken back ${took.toFixed(0)} s after the first failure was seen`);
      // Its rate is measured after one interval, and the share is back at once.
      expect(took).toBeLessThan(EVERY + 30);
    },
    () => ask('/visits'),
    20,
  );
  say(`${failed.length} of ${sent} requests failed, which is a fifth of a fifth for as long as it was measured`);
  // Back to what runs: the commit is reverted.
  await commit(byArgo, V2);
  await isIn('Healthy', 120);
});

testOn(cluster, 'without requests nothing is known: it waits for somebody, and takes nothing back', async () => {
  await pause(EVERY); // no request is left in the window
  await commit(byArgo, V1);
  const { pauseConditions } = await isIn('Paused', 180);
  expect(pauseConditions?.map(({ reason }) => reason)).toEqual(['InconclusiveAnalysisRun']);
  const { status } = await rollout();
  expect(status?.abort).not.toBe(true);
  // The way back is a word to the controller, and the commit reverted.
  await abort(cluster, APP, 'web');
  await isIn('Degraded', 60);
  await commit(byArgo, V2);
  await isIn('Healthy', 120);
});

testOn(cluster, 'applied by the server as it stands in Git, a Service would lead to both versions again', async () => {
  const selectorOf = async (name: string) => (await cluster.get<Selecting>(APP, 'service', name)).spec.selector;
  const written = await selectorOf('web');
  expect(Object.keys(written ?? {})).toContain('rollouts-pod-template-hash');
  const service = commits.applied.find(({ kind, metadata }) => `${kind}/${metadata.name}` === 'Service/web')!;
  await cluster.apply(service);
  // With a last-applied annotation kubectl leaves what others added.
  expect(await selectorOf('web')).toEqual(written);
  await cluster.tool(['kubectl', 'apply', '--server-side', '--force-conflicts', '-f', '-'], {
    input: JSON.stringify(service),
  });
  expect(await selectorOf('web')).toEqual({ 'app.kubernetes.io/name': 'web' });
  await waitFor('the controller to write it again', 120, async () => expect(await selectorOf('web')).toEqual(written));
});

testOn(
  cluster,
  'blueGreen: people meet the next version when somebody says so, and a faulty one goes back',
  async () => {
    const { sent, failed } = await steadilyDuring(
      async () => {
        await commit(switched, V2);
        await isIn('Healthy', 120);
        await commit(switched, V1);
        await isIn('Paused', 120);
        expect(await versionsOf(ask, 50)).toEqual(new Map([[V2!, 50]]));
        await promote(cluster, APP, 'web');
        const begun = Date.now();
        await waitFor('all requests', 30, async () => expect(await versionsOf(ask, 50)).toEqual(new Map([[V1!, 50]])));
        say(`all new connections met the next version ${secondsSince(begun)} after the word`);
        await isIn('Healthy', 180);
      },
      () => ask('/visits'),
      20,
    );
    say(`${sent} requests, ${failed.length} failed`);
    expect(failed).toEqual([]);
    await steadilyDuring(
      async () => {
        await commit(switched, FAULTY);
        await isIn('Paused', 120);
        await promote(cluster, APP, 'web');
        const begun = Date.now();
        await isIn('Degraded', EVERY + 60);
        await waitFor('the version before', 30, async () =>
          expect(await versionsOf(ask, 100)).toEqual(new Map([[V1!, 100]])),
        );
        say(`the Service leads back ${secondsSince(begun)} after the switch to a faulty version`);
      },
      () => ask('/visits'),
      20,
    );
  },
);

describe('delivered by Argo CD', () => {
  const ARGO = 'argocd';
  const waits = canary({ by: 'argo-rollouts', steps: [share(20), hold()] });
  const APPLICATION = `course-dev-${place.name}`;
  let repository: GitRepository;

  /** What is rendered for Argo CD, as of this target. */
  const forArgo = (version: string) => {
    const { target: of, components: own } = targetOf(waits, version);
    const planned = planTarget(of, own);
    const delivery = { repoUrl: repository.url, revision: 'main', folder: '', argoNamespace: ARGO };
    const files = argoObjects('course', delivery, [
      { target: of, namespace: APP, objects: planned.objects, facts: deliveryFacts(objectsOf(waits, version)) },
    ]);
    const part = (name: string) => files.find(({ file }) => file === `argocd/${name}`)!.objects;
    return {
      path: of.path,
      files: planned.files,
      objects: [...part('projects.yaml'), ...part('applications/applications.yaml')],
    };
  };
  const push = (version: string) =>
    repository.commit(`web ${version}`, (folder) => {
      const { path, files } = forArgo(version);
      for (const file of files) {
        const written = join(folder, path, basename(file.path));
        mkdirSync(dirname(written), { recursive: true });
        writeFileSync(written, file.text);
      }
    });
  const application = () => cluster.get<Application>(ARGO, 'application', APPLICATION);
  const weights = async () => {
    const { spec } = await cluster.get<Weighted>(APP, 'traefikservice', 'web');
    return spec.weighted.services.map(({ weight }) => weight);
  };

  testOn(cluster, 'what the controller writes is no drift, and is left where it is', async () => {
    await installArgoCd(cluster, ARGO);
    repository = await GitRepository.of(cluster);
    await push(V1!);
    await cluster.apply(ownClusterAs(place.argoCluster, ARGO), ...(forArgo(V1!).objects as KubernetesObject[]));
    await delivered(cluster, ARGO, APPLICATION, repository.head, 300);
    const prune = await commit(waits, V1);
    await prune();
    await push(V2!);
    await refresh(cluster, ARGO, APPLICATION);
    await isIn('Paused', 180);
    expect(await weights()).toEqual([80, 20]);
    // Long enough for Argo CD to compare and to heal, several times.
    for (let i = 0; i < 6; i++) {
      await pause(5);
      await refresh(cluster, ARGO, APPLICATION);
      expect(await weights()).toEqual([80, 20]);
    }
    const { status } = await application();
    // The configuration of the version before goes last, which is when the release has ended.
    const lagging = status!.resources!.filter((one) => one.status !== 'Synced' && !one.requiresPruning);
    expect(lagging.map(nameOfResult)).toEqual([]);
    for (const name of ['web', 'web-next'])
      expect(Object.keys((await cluster.get<Selecting>(APP, 'service', name)).spec.selector!)).toContain(
        'rollouts-pod-template-hash',
      );
  });

  testOn(cluster, 'a revert waits for the sync of the release, and is taken once that is aborted', async () => {
    const { status: before } = await application();
    expect(before!.operationState!.phase).toBe('Running');
    const released = repository.head;
    await repository.revert();
    await refresh(cluster, ARGO, APPLICATION);
    await pause(20);
    const { status: meanwhile } = await application();
    expect([meanwhile!.operationState!.phase, meanwhile!.operationState!.syncResult!.revision]).toEqual([
      'Running',
      released,
    ]);
    await abort(cluster, APP, 'web');
    const begun = Date.now();
    await delivered(cluster, ARGO, APPLICATION, repository.head, 180);
    await isIn('Healthy', 60);
    expect(await weights()).toEqual([100, 0]);
    say(`the commit before is delivered ${secondsSince(begun)} after the word to abort`);
  });
});

type Weighted = KubernetesObject & {
  readonly spec: { readonly weighted: { readonly services: readonly { readonly weight: number }[] } };
};
