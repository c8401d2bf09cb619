import { objectChanges } from '../../../diff/objects';
import { risksOf } from '../../../diff/risk/classify';
import { flowChanges } from '../../../diff/risk/flows';
import { readSources } from '../../../manifests/reading/read';
import { flowsOf } from '../../../simulate/network/flows';
import { Facts } from '../../../world/facts';
import { World } from '../../../world/world';
import type { Scene, SceneAddresses, SceneObject } from './scene';
import { factsOf, LISTENED, objectsOf } from './scene';

/** Whoever asks from outside of the cluster, by the addresses of pods and Services, and by those of the nodes. */
export const OUTSIDE = 'outside';
export const BY_NODE = 'outside, by a node';

/** Who answered whom: by the name of who asks, `web 8080/TCP`. */
export type Answers = Readonly<Record<string, readonly string[]>>;

/** `front to web 8080/TCP`: what is possible afterwards and was not before, as a cluster shows it. */
export function openedLive(change: { before: Scene; after: Scene }, before: Answers, after: Answers): string[] {
  const now = (name: string) => renamedIn(change, name);
  const known = new Set([...Object.keys(change.before.pods).map(now), OUTSIDE]);
  const was = new Map(
    Object.entries(before).map(([from, all]) => [now(from), new Set(all.map((to) => to.replace(/^\S+/, now)))]),
  );
  return Object.entries(after)
    .flatMap(([from, all]) => {
      const old = was.get(from);
      return all
        .filter((to) => {
          if (old?.has(to)) return false;
          const isKnown = known.has(to.split(' ')[0]!);
          // A new server on the node can be reached by those who could reach nothing of it before; in the cluster everybody reaches a new one.
          if (from === BY_NODE) return true;
          // What a new client reaches, it is let in to, unless everybody is.
          const witness = to.startsWith('stranger ') ? 'host' : 'stranger';
          return isKnown && (old !== undefined || !after[witness]?.includes(to));
        })
        .map((to) => `${from} to ${to}`);
    })
    .sort();
}

/** What a pod is called afterwards: the one that is gone and the new one that says the same. */
function renamedIn({ before, after }: { before: Scene; after: Scene }, name: string): string {
  if (name in after.pods || !(name in before.pods)) return name;
  const same = JSON.stringify(sorted(before.pods[name]!));
  return (
    Object.keys(after.pods).find(
      (other) => !(other in before.pods) && JSON.stringify(sorted(after.pods[other]!)) === same,
    ) ?? name
  );
}

const sorted = (map: object) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

/** What the classes say of a change. */
export interface SaidOpened {
  /** The messages of class exposure. */
  readonly messages: readonly string[];
  /** Whether one of them is more than a possibility. */
  readonly certain: boolean;
  /** The connections among them that certainly open, and those that may, as `openedLive` writes them. */
  readonly opens: readonly string[];
  readonly mayOpen: readonly string[];
}

export function saidOf({ before, after }: { before: Scene; after: Scene }, addresses: SceneAddresses): SaidOpened {
  const [was, is] = [before, after].map((scene) => worldOf(objectsOf(scene), addresses)) as [World, World];
  // As `targetChange` does it, whose flows are not to be had.
  const change = { before: was, after: is, changes: objectChanges(was, is) };
  const exposures = risksOf(change).filter((risk) => risk.class === 'exposure');
  const flows = flowChanges(change);
  const listed = new Set([was, is].flatMap((world) => [...flowsOf(world)].map(portOf)));
  const told = (does: string) =>
    flows.flatMap((change) => (change.does === does ? namesOf(change.flow, addresses, listed) : [])).sort();
  return {
    messages: exposures.map(({ change, message }) => `${change.id}: ${message}`),
    certain: exposures.some(({ rule }) => rule !== 'flow-opens') || flows.some(({ does }) => does === 'opens'),
    opens: told('opens'),
    mayOpen: told('may open'),
  };
}

/** The same scene is a part of several changes. */
const worlds = new Map<string, World>();

function worldOf(objects: readonly SceneObject[], addresses: SceneAddresses): World {
  const texts = (all: readonly SceneObject[]) => all.map((each) => JSON.stringify(each)).join('\n---\n');
  const [text, facts] = [texts(objects), texts(factsOf(addresses))];
  const key = `${text}\n${facts}`;
  let world = worlds.get(key);
  if (!world) {
    const read = (yaml: string) => readSources([{ file: 'scene.yaml', text: yaml }]).resources;
    worlds.set(key, (world = new World(read(text), new Facts(read(facts)))));
  }
  return world;
}

function portOf({ to, protocol, port }: { to: string; protocol: string; port: number | 'any' }): string {
  return `${to} ${port}/${protocol}`;
}

/** A flow in the words of `openedLive`, once for each port that is listened on; nothing where an end is none that asks or answers. */
function namesOf(
  flow: { from: string; to: string; port: number | 'any'; endPort?: number; protocol: string },
  { outside }: SceneAddresses,
  listed: ReadonlySet<string>,
): string[] {
  const [from, to] = [flow.from, flow.to].map((end) => nameOf(end, outside));
  if (!from || !to) return [];
  const { port, endPort = port } = flow;
  return LISTENED.filter(
    (at) =>
      (flow.protocol === 'any' || flow.protocol === at.protocol) &&
      // What is listed by itself is no other port.
      (port === 'any' ? !listed.has(portOf({ to: flow.to, ...at })) : port <= at.port && at.port <= Number(endPort)),
  ).map((at) => `${from} to ${to} ${at.port}/${at.protocol}`);
}

function nameOf(end: string, outside: string): string | undefined {
  const [kind, namespace, name] = end.split('/');
  if (kind === 'Deployment' && name) return name;
  if (namespace === 'kube-system') return undefined;
  if (end === 'outside the cluster') return OUTSIDE;
  if (!end.startsWith('outside the cluster: ')) return undefined;
  const [, but, text = ''] = /^outside the cluster: (all but )?(.*)$/.exec(end) ?? [];
  const isNamed = text.split(', ').some((range) => inRange(outside, range));
  return isNamed !== (but !== undefined) ? OUTSIDE : undefined;
}

function inRange(address: string, range: string): boolean {
  const bits = (text: string) => text.split('.').reduce((all, part) => all * 256 + Number(part), 0);
  const [first = '', last] = range.split('-');
  if (last !== undefined) return bits(first) <= bits(address) && bits(address) <= bits(last);
  const [base = '', length = '32'] = first.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(base) / size) === Math.floor(bits(address) / size);
}

/** What a change opened in a cluster. */
export interface RecordedOpening {
  readonly name: string;
  /** As `openedLive` writes it. */
  readonly opened: readonly string[];
}

/** Where the classes say something else than what a cluster showed. */
export function disagreements(name: string, said: SaidOpened, opened: readonly string[]): string[] {
  const told = new Set([...said.opens, ...said.mayOpen]);
  const byPods = opened.filter((each) => !each.startsWith(BY_NODE));
  const seen = new Set(opened);
  return [
    ...(opened.length > 0 && said.messages.length === 0 ? [`opens, and nothing is said: ${opened.join(', ')}`] : []),
    ...(opened.length === 0 && said.certain ? [`opens nothing, and it is said that ${said.messages.join('; ')}`] : []),
    ...byPods.filter((each) => !told.has(each)).map((each) => `opens, and is not among the flows: ${each}`),
    ...said.opens
      .filter((each) => !seen.has(each))
      .map((each) => `is among the flows that open, and does not: ${each}`),
  ].map((text) => `${name}: ${text}`);
}
