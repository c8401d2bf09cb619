import type { Json, Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { Container } from '../manifests/workload';
import { workloadNamed } from './autoscalers';
import type { AuthenticationRef, ScaleTrigger } from './keda';
import { KEDA_GROUP } from './keda';
import { knownIn } from './known';
import type { World } from './world';

/** The TriggerAuthentication or ClusterTriggerAuthentication of a trigger, if it is judged or known. */
export function authenticationOf(
  world: World,
  scaled: Resource,
  { kind, name }: AuthenticationRef,
): Resource | undefined {
  const namespace = kind === 'TriggerAuthentication' ? world.namespaceOf(scaled) : '';
  return knownIn(world, kind, namespace).find((each) => each.group === KEDA_GROUP && each.name === name);
}

/** Lists of a TriggerAuthentication whose entries each give a parameter by its name. */
const NAMED = ['secretTargetRef', 'configMapTargetRef', 'env'] as const;
/** What gives no parameter by which a source is found. */
const ASIDE = [...NAMED, 'podIdentity'];

/** The parameters that a trigger's authentication gives; `open` where it is not known, or gives more than is written. */
export function authenticatedBy(
  world: World,
  scaled: Resource,
  { authentication }: ScaleTrigger,
): ReadonlySet<string> | 'open' {
  if (!authentication) return new Set();
  const spec = record(authenticationOf(world, scaled, authentication)?.at(['spec']));
  if (!spec || Object.keys(spec).some((field) => !ASIDE.includes(field))) return 'open';
  return new Set(
    NAMED.flatMap((field) => list(spec[field]).flatMap((entry) => string(record(entry)?.['parameter']) ?? [])),
  );
}

/** The containers whose variables KEDA reads for `…FromEnv`: those of the target, or of the Jobs that it makes. */
export interface ReadContainers {
  readonly containers: readonly Pick<Container, 'name' | 'json'>[];
  /** The object that has them, for messages: `Deployment web`. */
  readonly owner: string;
  /** The container of which it reads them, and where it is named. @default - the first */
  readonly named: { readonly name: string; readonly path: Path } | undefined;
}

/** Undefined where the target is not judged. */
export function readContainersOf(world: World, scaled: Resource): ReadContainers | undefined {
  const isJob = scaled.kind === 'ScaledJob';
  const path: Path = ['spec', ...(isJob ? [] : ['scaleTargetRef']), 'envSourceContainerName'];
  const name = string(scaled.at(path));
  const named = name ? { name, path } : undefined;
  if (isJob) {
    const containers = list(scaled.at(['spec', 'jobTargetRef', 'template', 'spec', 'containers'])).flatMap(asContainer);
    return containers.length > 0 ? { containers, owner: `ScaledJob ${scaled.name}`, named } : undefined;
  }
  const target = record(scaled.at(['spec', 'scaleTargetRef']));
  const [kind, of] = [string(target?.['kind']) || 'Deployment', string(target?.['name']) ?? ''];
  const workload = workloadNamed(world, kind, world.namespaceOf(scaled), of);
  const containers = workload?.containers.filter(({ role }) => role === 'container') ?? [];
  return containers.length > 0 ? { containers, owner: `${kind} ${of}`, named } : undefined;
}

function asContainer(entry: unknown): { name: string; json: Json }[] {
  const json = record(entry);
  return json ? [{ name: string(json['name']) ?? '', json }] : [];
}

/** A parameter of a trigger as it is written somewhere in the manifests, and where the trigger names it. */
export interface WrittenParameter {
  readonly text: string;
  readonly path: Path;
}

/** The text of a parameter: in the metadata, in a variable of the container, or in the Secret or ConfigMap of the authentication. */
export function parameterOf(
  world: World,
  scaled: Resource,
  trigger: ScaleTrigger,
  name: string,
): WrittenParameter | undefined {
  const own = trigger.metadata.get(name);
  if (own !== undefined) return { text: own, path: [...trigger.path, 'metadata', name] };
  const variable = trigger.metadata.get(`${name}FromEnv`);
  if (variable !== undefined) {
    const read = readContainersOf(world, scaled);
    const container = read?.named
      ? read.containers.find((each) => each.name === read.named!.name)
      : read?.containers[0];
    const text = list(container?.json['env'])
      .map(record)
      .findLast((entry) => entry?.['name'] === variable)?.['value'];
    return string(text) ? { text: string(text)!, path: [...trigger.path, 'metadata', `${name}FromEnv`] } : undefined;
  }
  const authentication = trigger.authentication && authenticationOf(world, scaled, trigger.authentication);
  if (authentication?.kind !== 'TriggerAuthentication') return undefined;
  for (const [field, kind] of [
    ['secretTargetRef', 'Secret'],
    ['configMapTargetRef', 'ConfigMap'],
  ] as const) {
    const entry = list(authentication.at(['spec', field]))
      .map(record)
      .find((each) => each?.['parameter'] === name);
    const holder = knownIn(world, kind, world.namespaceOf(scaled)).find((each) => each.name === entry?.['name']);
    const text = holder && textIn(holder, string(entry?.['key']) ?? '');
    if (text !== undefined) return { text, path: trigger.authentication!.path };
  }
  return undefined;
}

function textIn(holder: Resource, key: string): string | undefined {
  const plain = string(holder.at([holder.kind === 'Secret' ? 'stringData' : 'data', key]));
  if (plain !== undefined || holder.kind !== 'Secret') return plain;
  const coded = string(holder.at(['data', key]));
  return coded === undefined ? undefined : Buffer.from(coded, 'base64').toString('utf8');
}
