/** Scenes on a real cluster: applied one over the other, and everybody in them asked whom he reaches. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { Answers } from '../../diff/exposure/opened';
import { BY_NODE, OUTSIDE } from '../../diff/exposure/opened';
import type { Scene, SceneAddresses, ScenePod } from '../../diff/exposure/scene';
import { LISTENED, objectsOf, PROBER } from '../../diff/exposure/scene';
import { Api } from './api';
import type { Cluster } from './cluster';
import { TEST_IMAGE } from './images';
import type { KubernetesObject, Pod, Workload } from './kubernetes';
import { nameOf } from './kubernetes';
import { pause, waitFor } from './wait';

/** The namespace of those who tell whether what was applied is in force. */
const SENTINEL = 'sentinel';
const SENTINEL_POD: Omit<ScenePod, 'labels'> = {
  namespace: SENTINEL,
  ports: LISTENED.map(({ port, protocol }) => ({ containerPort: port, protocol })),
  node: 1,
};
const SENTINELS: Scene = {
  namespaces: { [SENTINEL]: {} },
  pods: { guarded: { ...SENTINEL_POD, labels: {} }, asker: { ...SENTINEL_POD, labels: {} } },
  services: {},
  policies: {},
};

interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}

interface NodeObject extends KubernetesObject {
  readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] };
}

interface LiveService extends KubernetesObject {
  readonly spec: {
    readonly clusterIP: string;
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {
      readonly port: number;
      readonly nodePort?: number;
      readonly protocol?: 'TCP' | 'UDP';
    }[];
    readonly externalIPs?: readonly string[];
  };
}

export class LiveScenes {
  private current: Scene = { namespaces: {}, pods: {}, services: {}, policies: {} };
  private generation = 0;

  private constructor(
    private readonly cluster: Cluster,
    private readonly api: Api,
    readonly addresses: SceneAddresses,
  ) {}

  /** On a cluster of two real nodes. */
  static async on(cluster: Cluster): Promise<LiveScenes> {
    await cluster.tool(['image', 'node', TEST_IMAGE], { seconds: 900 });
    const program = cluster.file('prober/prober.js');
    mkdirSync(dirname(program));
    copyFileSync(join(__dirname, 'prober.js'), program);
    const nodes = await cluster.list<NodeObject>('', 'nodes');
    const api = await Api.of(cluster);
    const scenes = new LiveScenes(cluster, api, {
      outside: await cluster.hostAddress(),
      nodes: nodes.map(({ status }) => status.addresses.find(({ type }) => type === 'InternalIP')!.address),
      // So the tool gives addresses to pods; the nodes themselves do not say it.
      podRanges: nodes.map((_, i) => `10.244.${i + 1}.0/24`),
    });
    for (const object of scenes.objects(SENTINELS)) await scenes.apply(object);
    await cluster.background(
      ['exec', '--', 'env', `POD=${OUTSIDE}`, process.execPath, program, OUTSIDE, JSON.stringify(LISTENED)],
      () => true,
      'the prober outside',
    );
    await scenes.running(SENTINELS);
    return scenes;
  }

  private objects(scene: Scene): KubernetesObject[] {
    return objectsOf(scene, this.cluster.file('prober')) as unknown as KubernetesObject[];
  }

  /** Makes the cluster a scene, waits until it is in force, and tells who reaches whom. */
  async show(scene: Scene): Promise<Answers> {
    const [old, now] = [this.objects(this.current), this.objects(scene)];
    const names = new Set(now.map(nameOf));
    const gone = old.filter((object) => !names.has(nameOf(object)));
    const before = new Map(old.map((object) => [nameOf(object), JSON.stringify(object)]));
    const other = now.filter((object) => before.get(nameOf(object)) !== JSON.stringify(object));
    for (const object of gone) await this.api.delete(object);
    for (const object of other) await this.apply(object);
    const changed = [...gone, ...other];
    this.current = scene;
    const pods = await this.running(scene);
    await this.inForce(changed.some(({ kind }) => kind === 'Service' || kind === 'Deployment'));
    return this.settledAnswers(scene, pods);
  }

  private async apply(object: KubernetesObject): Promise<void> {
    const { status, message } = await this.api.apply(object);
    if (status < 300) return;
    // What cannot be changed is made again.
    if (status !== 422) throw new Error(`${nameOf(object)}: ${status} ${message}`);
    await this.api.delete(object);
    const again = await this.api.apply(object);
    if (again.status >= 300) throw new Error(`${nameOf(object)}: ${again.status} ${again.message}`);
  }

  /** Waits until just the pods of a scene run, each of the latest template; gives them by name. */
  private running(scene: Scene): Promise<ReadonlyMap<string, Pod>> {
    const places = new Set(Object.keys(scene.namespaces));
    const names = Object.keys(scene.pods).sort();
    return waitFor(
      'the pods of the scene',
      120,
      async () => {
        const deployments = (
          await this.api.all<Workload & { metadata: { generation: number } }>('apps/v1', 'Deployment')
        ).filter(({ metadata }) => places.has(metadata.namespace ?? ''));
        for (const { metadata, status } of deployments) {
          const { observedGeneration, updatedReplicas, readyReplicas, replicas } = status as Workload['status'] & {
            observedGeneration?: number;
          };
          const isNew =
            observedGeneration === metadata.generation &&
            [updatedReplicas, readyReplicas, replicas].every((n) => n === 1);
          if (!isNew) throw new Error(`${metadata.name} is not rolled out`);
        }
        const pods = (await this.api.all<Pod>('v1', 'Pod', '?labelSelector=pod')).filter(({ metadata }) =>
          places.has(metadata.namespace ?? ''),
        );
        const found = pods.map(({ metadata }) => metadata.labels!['pod']!).sort();
        if (found.join() !== names.join()) throw new Error(`there are pods of ${found.join(', ')}`);
        const byName = new Map(pods.map((pod) => [pod.metadata.labels!['pod']!, pod]));
        for (const pod of byName.values()) await this.ask(pod.metadata.name, []);
        return byName;
      },
      0.2,
    );
  }

  /** What a prober is answered by each target: the greeting, or nothing. */
  private ask(prober: string, targets: readonly ProbeTarget[]): Promise<(string | null)[]> {
    return new Promise((done, failed) => {
      const socket = connect(this.cluster.file(`prober/${prober}.sock`));
      let text = '';
      socket.setTimeout(20_000, () => socket.destroy(new Error(`${prober} does not answer`)));
      socket.on('error', failed).on('close', () => failed(new Error(`${prober} has gone`)));
      socket.on('data', (data) => {
        text += data.toString();
        if (!text.endsWith('\n')) return;
        done(JSON.parse(text) as (string | null)[]);
        socket.destroy();
      });
      socket.write(`${JSON.stringify(targets)}\n`);
    });
  }

  /**
   * Waits until what was applied before is in force: what is applied last of each kind is, and whoever enforces takes them in their order. A
   * pod, its namespace, a policy and a Service get another generation, and all of them are needed for what is asked. Without `endpoints` the Service
   * is left out.
   */
  private async inForce(endpoints: boolean): Promise<void> {
    const generation = { generation: String(++this.generation) };
    const [open, shut] = this.generation % 2 === 0 ? [8080, 9100] : [9100, 8080];
    const pods = (await this.api.all<Pod>('v1', 'Pod', '?labelSelector=pod')).filter(
      ({ metadata }) => metadata.namespace === SENTINEL,
    );
    const [guarded, asker] = ['guarded', 'asker'].map(
      (name) => pods.find(({ metadata }) => metadata.labels!['pod'] === name)!,
    );
    const addresses = [this.addresses.outside, this.addresses.nodes[1]];
    await this.api.merge({ apiVersion: 'v1', kind: 'Pod', metadata: { ...identity(asker!), labels: generation } });
    await this.api.merge({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: SENTINEL, labels: generation } });
    await this.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'guarded', namespace: SENTINEL },
      spec: {
        podSelector: { matchLabels: { pod: 'guarded' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              { namespaceSelector: { matchLabels: generation }, podSelector: { matchLabels: generation } },
              ...addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } })),
            ],
            ports: [{ port: open }],
          },
        ],
      },
    });
    const service = endpoints ? await this.sentinelService(open) : undefined;
    const at = (port: number): ProbeTarget => ({ host: guarded!.status.podIP!, port, protocol: 'TCP' });
    await waitFor(
      'what was applied in force',
      60,
      async () => {
        const [yes, no] = await this.ask(asker!.metadata.name, [at(open), at(shut)]);
        if (!yes || no) throw new Error('policies are not yet');
        for (const prober of service ? [asker!.metadata.name, OUTSIDE, ...this.podsOnNode2] : []) {
          const [answer] = await this.ask(prober, [service!]);
          if (!answer?.includes(String(open))) throw new Error(`the Service is not yet, for ${prober}`);
        }
      },
      0.05,
    );
  }

  /** A Service of another port that leads to another port. */
  private async sentinelService(open: number): Promise<ProbeTarget> {
    const port = 1000 + (this.generation % 2);
    await this.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'guarded', namespace: SENTINEL },
      spec: { selector: { pod: 'guarded' }, ports: [{ port, targetPort: open }] },
    });
    const { spec } = (await this.api.all<LiveService>('v1', 'Service')).find(
      ({ metadata }) => metadata.name === 'guarded' && metadata.namespace === SENTINEL,
    )!;
    return { host: spec.clusterIP, port, protocol: 'TCP' };
  }

  private podsOnNode2: readonly string[] = [];

  /** Everybody asks everybody by every address, until nothing changes any more. */
  private async settledAnswers(scene: Scene, pods: ReadonlyMap<string, Pod>): Promise<Answers> {
    this.podsOnNode2 = [...pods].flatMap(([name, pod]) => (scene.pods[name]!.node === 2 ? [pod.metadata.name] : []));
    const { ofPods, ofNodes } = await this.targets(scene, pods);
    const asked: readonly (readonly [name: string, prober: string, targets: readonly ProbeTarget[]])[] = [
      ...[...pods].map(
        ([name, pod]) => [name, pod.metadata.name, [...ofPods, ...ofNodes, ...this.outsideTargets]] as const,
      ),
      [OUTSIDE, OUTSIDE, ofPods],
      [BY_NODE, OUTSIDE, ofNodes],
    ];
    let last = '';
    for (let round = 0; round < 30; round++) {
      const answers: Answers = Object.fromEntries(
        await Promise.all(
          asked.map(async ([name, prober, targets]) => {
            const all = (await this.ask(prober, targets)).filter((answer) => answer !== null);
            // Whether somebody reaches himself is nothing to anybody.
            return [name, [...new Set(all)].filter((answer) => !answer.startsWith(`${name} `)).sort()] as const;
          }),
        ),
      );
      const text = JSON.stringify(answers);
      if (text === last) return answers;
      last = text;
      await pause(0.1);
    }
    throw new Error('the answers do not settle');
  }

  private get outsideTargets(): ProbeTarget[] {
    return LISTENED.map((at) => ({ host: this.addresses.outside, ...at }));
  }

  /** The addresses of pods and Services, and those of the nodes. Names are not looked up: what they stand for is asked. */
  private async targets(scene: Scene, pods: ReadonlyMap<string, Pod>) {
    const services = (await this.api.all<LiveService>('v1', 'Service')).filter(
      ({ metadata }) => metadata.namespace !== undefined && metadata.namespace in scene.namespaces,
    );
    const ofPods = [...pods.values()].flatMap(({ status }) =>
      LISTENED.map((at): ProbeTarget => ({ host: status.podIP!, ...at })),
    );
    // Of several pods each connection gets one by chance.
    const often = (service: LiveService) => {
      const selected = [...pods.values()].filter(
        ({ metadata }) =>
          metadata.namespace === service.metadata.namespace &&
          Object.entries(service.spec.selector ?? {}).every(([key, value]) => metadata.labels?.[key] === value),
      );
      return Array.from({ length: selected.length > 1 ? 16 : 1 }, () => service);
    };
    const ofServices = services
      .flatMap(often)
      .flatMap(({ spec }) =>
        spec.clusterIP === 'None'
          ? []
          : (spec.ports ?? []).map(({ port, protocol = 'TCP' }) => ({ host: spec.clusterIP, port, protocol })),
      );
    const external = services
      .flatMap(often)
      .flatMap(({ spec }) =>
        (spec.externalIPs ?? []).flatMap((host) =>
          (spec.ports ?? []).map(({ port }) => ({ host, port, protocol: 'TCP' as const })),
        ),
      );
    const onNodes = [
      ...services
        .flatMap(often)
        .flatMap(({ spec }) =>
          (spec.ports ?? []).flatMap(({ nodePort, protocol = 'TCP' }) =>
            nodePort ? [{ port: nodePort, protocol }] : [],
          ),
        ),
      ...Object.values(scene.pods).flatMap(({ ports }) =>
        ports.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [{ port: hostPort, protocol }] : [])),
      ),
      ...LISTENED,
    ];
    const ofNodes = [
      ...this.addresses.nodes.flatMap((host) => onNodes.map((at): ProbeTarget => ({ host, ...at }))),
      ...external,
    ];
    return { ofPods: [...ofPods, ...ofServices], ofNodes };
  }
}

function identity({ metadata: { name, namespace } }: KubernetesObject): { name: string; namespace?: string } {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The image is the one that scenes name. */
if (PROBER.image !== TEST_IMAGE) throw new Error(`scenes run ${PROBER.image}, and ${TEST_IMAGE} is loaded`);
