import { readFileSync } from 'node:fs';
import { existing } from '../checks/paths';
import type { Json } from '../manifests/resource';
import { Resource, record } from '../manifests/resource';
import { WorkloadManifest } from '../manifests/workload';
import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import { tryCompose, withSetting } from '../render/explain/counterfactual';
import { asWritten } from '../render/plan';
import type { SizeReport, SizeSetting } from '../report/size';
import { resized, sizeReason } from '../report/size';
import { readReadings } from '../simulate/scaling/readings';
import type { SizedContainer } from '../simulate/scaling/sized';
import { containerText, effectsOf, resourcesWritten, sizingOf } from '../simulate/scaling/sized';
import type { World } from '../world/world';
import type { Host, Project } from './command';
import { placeIn } from './frames';
import { targetsAndPaths } from './subjects';

const COMMAND = 'strata plan size';

/** What containers were seen to use, and what they should ask for. */
export function sizePlan<P>(
  project: Project<P>,
  world: World,
  words: readonly string[],
  use: readonly string[] | undefined,
  host: Host,
): SizeReport {
  if (!use)
    throw new StrataError(COMMAND, 'needs to know what was used', [
      'give what `kubectl top pods -A --containers` printed, or an answer of Prometheus: --use FILE',
    ]);
  const sizing = sizingOf(
    world,
    readReadings(use.map((file) => ({ file, text: readFileSync(existing('--use', file), 'utf8') }))),
  );
  // One world is one target, or none.
  const [target] = targetsAndPaths(project, words).targets;
  return {
    sizing,
    effects: effectsOf(world, sizing),
    target: target && { name: target.name, ...settingsFor(project, target, resized(sizing.containers), host) },
  };
}

type Value = Readonly<Record<string, string>>;

/** The settings that give containers what is proposed: found by rendering with another value, and proved by rendering with the new one. */
function settingsFor<P>(
  { compose, root }: Project<P>,
  target: Target<P>,
  containers: readonly SizedContainer[],
  host: Host,
): { readonly settings: readonly SizeSetting[]; readonly byHand: readonly string[] } {
  const rendered = (one: Target<P>) => {
    const objects = tryCompose(one, (each) => compose(each).map(asWritten));
    return typeof objects === 'string' ? undefined : sizesIn(objects.values());
  };
  const now = rendered(target);
  const settings: SizeSetting[] = [];
  const alsoSized: string[] = [];
  const moved = new Set<string>();
  for (const [path, history] of now ? target.history : []) {
    const winner = history.at(-1)!;
    const value = sizesOf(winner.value);
    if (!value) continue;
    host.progress?.(`rendering ${target.name} with other ${path}`);
    const probe = rendered(withSetting(target, path, otherThan(value)));
    const names = probe ? namesThatDiffer(now!.containers, probe.containers) : [];
    const own = containers.filter((each) => names.includes(containerText(each)));
    // What moves a container that nobody asked to change is not set for the others.
    if (own.length === 0 || own.length < names.length) continue;
    const next = valueFor(own);
    const then = rendered(withSetting(target, path, next));
    const isExact = own.every(
      (each) => then?.containers.get(containerText(each)) === JSON.stringify(resourcesWritten(each.proposed!)),
    );
    if (!isExact) continue;
    for (const each of own) moved.add(containerText(each));
    // What comes anew, such as a ConfigMap by the hash of its content, is told by what refers to it.
    const others = namesThatDiffer(now!.others, then!.others).filter((name) => now!.others.has(name));
    if (others.length > 0) {
      for (const each of own)
        alsoSized.push(
          `${path} gives ${containerText(each)} more than what it asks for (${others.join(', ')}): it is not in the patch`,
        );
      continue;
    }
    const at = placeIn(root)(winner.at);
    const where = `${winner.layer}${at === undefined ? '' : `, ${at}`}`;
    settings.push({
      path,
      value: next,
      reason: own.map(sizeReason).join('; '),
      over: winner.reason === undefined ? where : `${where}: ${winner.reason}`,
    });
  }
  const unmoved = containers.map(containerText).filter((name) => !moved.has(name));
  return {
    settings,
    byHand: [
      ...alsoSized,
      ...unmoved.map((name) => `no setting gives ${name}, and nothing else, what is proposed: it is not in the patch`),
    ],
  };
}

/** The value of a setting as it is, if it is resources: what model/quantity.ts calls Resources. */
function sizesOf(value: unknown): Value | undefined {
  const given = record(value);
  const known = ['cpu', 'memory', 'cpuLimit', 'memoryLimit'];
  if (!given || !('cpu' in given) || !('memory' in given)) return undefined;
  return Object.entries(given).every(([key, each]) => known.includes(key) && typeof each === 'string')
    ? (given as Value)
    : undefined;
}

/** A thousandth or a core more, and room for it. */
function otherThan(value: Value): Value {
  const cpu = value['cpu']!;
  const more = `${Number.parseFloat(cpu) + 1}${cpu.endsWith('m') ? 'm' : ''}`;
  return { ...value, cpu: more, ...(value['cpuLimit'] !== undefined && { cpuLimit: '900' }) };
}

/** One value for all containers that a setting is of: of each amount the largest. */
function valueFor(own: readonly SizedContainer[]): Value {
  const most = (of: (each: SizedContainer) => number | undefined) => {
    const amounts = own.flatMap((each) => of(each) ?? []);
    return amounts.length === 0 ? undefined : Math.max(...amounts);
  };
  const sizes = {
    cpu: most(({ proposed }) => proposed!.cpu),
    memory: most(({ proposed }) => proposed!.memory),
    cpuLimit: most(({ proposed }) => proposed!.cpuLimit),
    memoryLimit: most(({ proposed }) => proposed!.memoryLimit),
  };
  const { requests, limits } = resourcesWritten(sizes);
  return {
    ...{ cpu: requests['cpu']!, memory: requests['memory']! },
    ...(limits['cpu'] !== undefined && { cpuLimit: limits['cpu'] }),
    // A memory limit that nobody sets is the request.
    ...(limits['memory'] !== undefined && limits['memory'] !== requests['memory'] && { memoryLimit: limits['memory'] }),
  };
}

interface RenderedSizes {
  /** By container, its requests and limits. */
  readonly containers: ReadonlyMap<string, string>;
  /** By object, all but those. */
  readonly others: ReadonlyMap<string, string>;
}

function sizesIn(objects: Iterable<object>): RenderedSizes {
  const containers = new Map<string, string>();
  const others = new Map<string, string>();
  for (const object of objects) {
    const resource = new Resource(object as Json, { file: '', text: '' }, 0);
    const workload = WorkloadManifest.of(resource, resource.statedNamespace);
    const running = workload?.running ?? [];
    for (const container of running)
      containers.set(
        containerText({ workload: workload!, container }),
        JSON.stringify(writtenIn(container.json['resources'])),
      );
    const sizes = new Set<unknown>(running.map(({ json }) => json['resources']));
    const rest = JSON.stringify(object, (_, value: unknown) => (sizes.has(value) ? undefined : value));
    others.set(`${resource.kind}/${resource.name}`, rest);
  }
  return { containers, others };
}

function namesThatDiffer(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((name) => one.get(name) !== other.get(name));
}

function writtenIn(resources: unknown) {
  const of = (field: string) => {
    const { cpu, memory } = record(record(resources)?.[field]) ?? {};
    return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
  };
  return { requests: of('requests'), limits: of('limits') };
}
