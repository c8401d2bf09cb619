/**
 * Scaling by what metrics-server measures, on a real node: an autoscaler adds pods up to its maximum, and the Vertical Pod Autoscaler sets
 * what pods ask for and replaces one after the other. Their naive twins do not.
 */
import { kind as place } from '../../clusters/kind';
import { composition } from '../../composition/composition';
import { Controller } from '../../constructs/core/controller';
import { Probe } from '../../constructs/core/probe';
import { Workload } from '../../constructs/core/workload';
import { autoscaling, disruptionBudgets, metricsServer, verticalAutoscaling } from '../../features';
import { because, environment, matrixOf, target } from '../../index';
import { parseQuantity } from '../../manifests/quantity';
import { Cluster } from './support/cluster';
import { type Reply, request } from './support/http';
import { loadImages, loadProgram } from './support/images';
import type { KubernetesObject, Workload as LiveWorkload, Pod } from './support/kubernetes';
import { objectsOfTarget, secondsSince } from './support/monitored';
import { explained, isReady, say, testOn } from './support/report';
import { steadilyDuring } from './support/traffic';
import { installVpa } from './support/vpa';
import { pause, waitFor } from './support/wait';
import { addressOf, settled } from './support/workloads';

const APP = 'shop-dev';
const IMAGE = 'strata.test/busy:1';
const [MAX, ASKED, USED] = [4, 50, 300];
const why = 'it is looked at here';

const dev = environment('dev', { ephemeral: true, settings: {} });
const one = target(
  dev,
  { ...place, verticalPodAutoscaler: { version: '1.8' }, settings: {} },
  [metricsServer, autoscaling, verticalAutoscaling, disruptionBudgets],
  {
    settings: {
      autoscaling: {
        workloads: because(['hungry'], why),
        min: because(1, why),
        max: because(MAX, why),
        cpuPercent: because(70, why),
      },
      verticalAutoscaling: {
        workloads: because(['sized'], why),
        mode: because('recreate', why),
        only: because(['cpu'], why),
        between: because({ cpu: ['25m', '600m'] }, why),
      },
    },
  },
);
const objects = objectsOfTarget(
  composition({
    name: 'shop',
    matrix: matrixOf([], one),
    compose: (platform) => {
      const busy = (name: string, replicas: number, burn: number, cpu: '50m' | '100m', cpuLimit?: '100m') => {
        const probes = { readiness: Probe.http('/', 'http') };
        const resources = { cpu, memory: '64Mi', memoryLimit: '128Mi', ...(cpuLimit ? { cpuLimit } : {}) } as const;
        const env = { BURN: String(burn) };
        return new Workload(platform.component(name), name, {
          namespace: platform.namespace,
          controller: Controller.deployment({ replicas }),
          pod: { container: { name: 'busy', image: IMAGE, ports: { http: 8080 }, env, probes, resources } },
        }).port('http');
      };
      busy('hungry', 1, 400, '100m', '100m');
      busy('sized', 2, USED, '50m');
    },
  }),
);

const cluster = new Cluster('provepod');

beforeAll(
  () =>
    explained(cluster, async () => {
      const started = Date.now();
      await cluster.up({ nodes: 1 });
      await installVpa(cluster);
      await loadProgram(cluster, IMAGE, 'busy.js');
      const known = objects.filter(({ metadata }) => metadata.namespace !== APP);
      await loadImages(cluster, known);
      await cluster.apply(...objects);
      await settled(cluster, objects);
      say(`${objects.length} objects, and what sets requests: ${secondsSince(started)}`);
    }),
  40 * 60_000,
);

afterAll(() => cluster.close());

/** The same workload by another name, as somebody writes it by hand who knows no better. */
function twin(kind: string, name: string, other: string, change: (spec: Json) => Json): KubernetesObject {
  const { metadata, spec, ...rest } = objects.find(
    (object) => object.kind === kind && object.metadata.name === name,
  ) as KubernetesObject & { readonly spec: Json };
  const renamed = JSON.parse(JSON.stringify(spec).replaceAll(`"${name}"`, `"${other}"`)) as Json;
  const labels = { 'app.kubernetes.io/name': other };
  return { ...rest, metadata: { name: other, namespace: metadata.namespace!, labels }, spec: change(renamed) };
}
type Json = Record<string, unknown>;

testOn(
  cluster,
  'an autoscaler adds pods up to its maximum; one whose target cannot be exceeded adds none',
  async () => {
    const percent = (target: number) => [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } },
    ];
    await cluster.apply(
      twin('Deployment', 'hungry', 'capped', (spec) => ({ ...spec, replicas: 1 })),
      twin('HorizontalPodAutoscaler', 'hungry', 'capped', (spec) => ({ ...spec, metrics: percent(95) })),
    );
    const started = Date.now();
    const sizes: number[] = [];
    await waitFor(
      `${MAX} pods`,
      400,
      async () => {
        const { status } = await cluster.get<LiveWorkload>(APP, 'deployment', 'hungry');
        const size = status.readyReplicas ?? 0;
        if (size !== sizes.at(-1)) sizes.push(size);
        expect(size).toBe(MAX);
      },
      2,
    );
    say(`pods by CPU: ${sizes.join(' → ')} after ${secondsSince(started)}`);
    // Half as many again or two more, twice a minute: the first step is to 2, of 143 percent of one pod.
    expect([...sizes].sort()).toEqual(sizes);
    expect(sizes.length).toBeGreaterThanOrEqual(3);

    interface Scaler extends KubernetesObject {
      readonly status: {
        readonly desiredReplicas: number;
        readonly currentMetrics: readonly {
          readonly resource: { readonly current: { readonly averageUtilization: number } };
        }[];
      };
    }
    const capped = await waitFor('a measure of the twin', 120, async () => {
      const found = await cluster.get<Scaler>(APP, 'hpa', 'capped');
      expect(found.status.currentMetrics?.[0]?.resource.current.averageUtilization).toBeGreaterThan(90);
      return found;
    });
    say(
      `its twin with a target of 95 percent: ${capped.status.currentMetrics[0]!.resource.current.averageUtilization} percent used, 1 pod`,
    );
    expect(capped.status.desiredReplicas).toBe(1);
    await cluster.kubectl('delete', '-n', APP, 'hpa/hungry', 'hpa/capped', 'deployment/hungry', 'deployment/capped');
  },
);

testOn(
  cluster,
  'what pods ask for is set by what they use: one is replaced after the other, and every request is answered',
  async () => {
    const started = Date.now();
    await cluster.apply(
      twin('Deployment', 'sized', 'alone', (spec) => ({ ...spec, replicas: 1 })),
      twin('VerticalPodAutoscaler', 'sized', 'alone', (spec) => spec),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'sized', namespace: APP },
        spec: { selector: { 'app.kubernetes.io/name': 'sized' }, ports: [{ port: 8080 }] },
      },
    );
    const [agent, address] = [await cluster.agent(false), await addressOf(cluster, APP, 'sized')];
    const visit = (): Promise<Reply> => request({ agent, ...address, path: '/' });
    const pods = () => cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=sized');
    const least: number[] = [];
    const { sent, failed } = await steadilyDuring(
      () =>
        waitFor(
          'two pods that ask for what they use',
          600,
          async () => {
            const there = await pods();
            least.push(there.filter(isReady).length);
            expect(there.map(askedOf).filter((asked) => asked >= USED).length).toBeGreaterThanOrEqual(2);
            expect(there.filter(isReady).length).toBeGreaterThanOrEqual(2);
          },
          1,
        ),
      visit,
      10,
    );
    interface Vertical extends KubernetesObject {
      readonly status?: {
        readonly recommendation?: {
          readonly containerRecommendations?: readonly { readonly target: { readonly cpu: string } }[];
        };
      };
    }
    const recommended = async (name: string) =>
      (await cluster.get<Vertical>(APP, 'vpa', name)).status?.recommendation?.containerRecommendations?.[0]?.target
        .cpu ?? '0';
    say(
      `asked for ${ASKED}m, used about ${USED}m: recommended ${await recommended('sized')}, now ${(await pods()).map(askedOf).join(' and ')}m after ${secondsSince(started)}; ${sent} requests, ${failed.length} failed`,
    );
    expect(failed).toEqual([]);
    expect(Math.min(...least)).toBeGreaterThanOrEqual(1);

    // As long again the only pod of its twin stays what it is, although it is told the same.
    await waitFor('a recommendation for the twin', 300, async () =>
      expect(milli(await recommended('alone'))).toBeGreaterThanOrEqual(USED),
    );
    await pause(120);
    const alone = await cluster.list<Pod>(APP, 'pods', 'app.kubernetes.io/name=alone');
    say(`its twin of one pod: recommended ${await recommended('alone')}, asks for ${alone.map(askedOf).join()}m`);
    expect(alone.map(askedOf)).toEqual([ASKED]);
  },
  20,
);

function askedOf(pod: Pod): number {
  const { containers } = pod.spec as unknown as {
    readonly containers: readonly { readonly resources: { readonly requests: { readonly cpu: string } } }[];
  };
  return milli(containers[0]!.resources.requests.cpu);
}

const milli = (cpu: string) => Number(parseQuantity(cpu)! / 1_000_000n);
