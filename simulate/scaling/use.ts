import { parseQuantity } from '../../manifests/quantity';
import { StrataError } from '../../model/errors';
import { addTo } from '../../model/multimap';
import type { World } from '../../world/world';
import { inUnits } from '../scheduling/amounts';
import { standingPods } from '../scheduling/member';
import { queueOf } from '../scheduling/queue';

/** What a pod was seen to use: CPU in thousandths, memory in bytes. */
export interface PodUse {
  readonly namespace: string;
  readonly pod: string;
  readonly cpu: bigint;
  readonly memory: bigint;
}

/** What each pod of a controller asks for, and what its pods were seen to use. */
export interface ControllerUse {
  readonly controller: string;
  readonly pods: number;
  readonly resources: readonly {
    readonly resource: 'cpu' | 'memory';
    readonly requested: bigint;
    /** Of the pod that used the most. */
    readonly most: bigint;
    readonly mean: bigint;
  }[];
}

/**
 * What `kubectl top pods -A` printed, with or without `--containers`.
 * @throws StrataError at the line that is not so.
 */
export function readTop(file: string, text: string): PodUse[] {
  const lines = text.split('\n').map((line) => line.trim().split(/\s+/));
  const head = lines.findIndex(([first]) => first !== '');
  const names = (lines[head] ?? []).map((name) => name.replace(/\(.*/, ''));
  const at = (name: string) => names.indexOf(name);
  const [namespace, cpu, memory] = [at('NAMESPACE'), at('CPU'), at('MEMORY')];
  // With --containers the pod has a column of its own.
  const pod = at('POD') >= 0 ? at('POD') : at('NAME');
  const fixes = ['write it with `kubectl top pods -A > FILE`'];
  if (namespace < 0 || pod < 0 || cpu < 0 || memory < 0)
    throw new StrataError(
      `${file}:${Math.max(head, 0) + 1}`,
      'does not begin with the columns NAMESPACE, NAME, CPU(cores) and MEMORY(bytes)',
      fixes,
    );
  const found = new Map<string, PodUse>();
  for (const [i, cells] of lines.entries()) {
    if (i <= head || cells[0] === '') continue;
    const used = inUnits(
      new Map(
        [cpu, memory].flatMap((column, n) => {
          const amount = parseQuantity(cells[column]);
          return amount === undefined || amount < 0n ? [] : [[n === 0 ? 'cpu' : 'memory', amount] as const];
        }),
      ),
    );
    if (used.size < 2)
      throw new StrataError(`${file}:${i + 1}`, `is not a line of kubectl top: ${cells.join(' ')}`, fixes);
    const key = `${cells[namespace]}/${cells[pod]}`;
    const before = found.get(key);
    found.set(key, {
      namespace: cells[namespace]!,
      pod: cells[pod]!,
      cpu: (before?.cpu ?? 0n) + used.get('cpu')!,
      memory: (before?.memory ?? 0n) + used.get('memory')!,
    });
  }
  return [...found.values()];
}

/** What was seen, beside what is asked for; `unknown` are the pods of controllers that neither manifests nor facts speak of. */
export function useByController(
  world: World,
  uses: readonly PodUse[],
): { readonly controllers: readonly ControllerUse[]; readonly unknown: readonly string[] } {
  const { asked, controllerOf } = controllersIn(world);
  const seen = new Map<string, PodUse[]>();
  const unknown: string[] = [];
  for (const use of uses) {
    const controller = controllerOf(use);
    if (controller === undefined) unknown.push(`${use.namespace}/${use.pod}`);
    else addTo(seen, controller, use);
  }
  const controllers = [...seen].map(([controller, pods]) => ({
    controller,
    pods: pods.length,
    resources: (['cpu', 'memory'] as const).map((resource) => {
      const amounts = pods.map((pod) => pod[resource]).sort((a, b) => (a < b ? -1 : 1));
      return {
        resource,
        requested: asked.get(controller)?.get(resource) ?? 0n,
        most: amounts.at(-1)!,
        mean: amounts.reduce((sum, each) => sum + each) / BigInt(amounts.length),
      };
    }),
  }));
  return { controllers: controllers.sort((a, b) => (a.controller < b.controller ? -1 : 1)), unknown };
}

type PodName = Pick<PodUse, 'namespace' | 'pod'>;

/** What a pod of each controller asks for, and the controller of a pod: as the pod says, or by its name. `others` have pods by their names alone. */
export function controllersIn(
  world: World,
  others: readonly string[] = [],
): {
  readonly asked: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  readonly controllerOf: (pod: PodName) => string | undefined;
} {
  const asked = new Map<string, ReadonlyMap<string, bigint>>();
  const known = new Map<string, string>();
  for (const { member } of standingPods(world)) {
    const { pod, controller } = member;
    const name = controller?.name ?? `Pod/${pod.namespace}/${pod.name}`;
    known.set(`${pod.namespace}/${pod.name}`, name);
    asked.set(name, pod.requests);
  }
  for (const { controller, pod } of queueOf(world))
    asked.set(controller ?? `Pod/${pod.namespace}/${pod.name}`, pod.requests);
  // `web-admin-x2x4z` may be of Deployment web and of DaemonSet web-admin: the longer name says more of it.
  const byLength = [...new Set([...asked.keys(), ...others])].sort((a, b) => nameIn(b).length - nameIn(a).length);
  return {
    asked,
    controllerOf: (pod) =>
      known.get(`${pod.namespace}/${pod.pod}`) ?? byLength.find((controller) => mayHaveMade(controller, pod)),
  };
}

function nameIn(controller: string): string {
  return controller.split('/')[2] ?? '';
}

/** As controllers call their pods (k8s.io/apiserver/pkg/storage/names: five letters and digits without vowels). */
const ENDINGS: Readonly<Record<string, RegExp>> = {
  Deployment: /^-[a-z0-9]{1,10}-[a-z0-9]{5}$/,
  StatefulSet: /^-\d+$/,
  CronJob: /^-\d+-[a-z0-9]{5}$/,
  Pod: /^$/,
};
const GENERATED = /^-[a-z0-9]{5}$/;

function mayHaveMade(controller: string, { namespace, pod }: PodName): boolean {
  const [kind = '', space, name = ''] = controller.split('/');
  if (space !== namespace || !pod.startsWith(name)) return false;
  return (ENDINGS[kind] ?? GENERATED).test(pod.slice(name.length));
}
