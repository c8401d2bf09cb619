import type { Path, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import type { World } from './world';

/** The API group of KEDA. */
export const KEDA_GROUP = 'keda.sh';

/** A trigger of a ScaledObject or ScaledJob. */
export interface ScaleTrigger {
  /** `rabbitmq`, `cron`, `cpu` … */
  readonly type: string;
  /** Strings alone, without spaces around them, and without what is empty: KEDA takes that as not given. */
  readonly metadata: ReadonlyMap<string, string>;
  /** @default - the scaler's own: AverageValue for all but cpu and memory, which have none */
  readonly metricType: string | undefined;
  readonly authentication: AuthenticationRef | undefined;
  readonly path: Path;
}

export interface AuthenticationRef {
  readonly kind: 'TriggerAuthentication' | 'ClusterTriggerAuthentication';
  readonly name: string;
  readonly path: Path;
}

export function scaledObjectsOf(world: World): readonly Resource[] {
  return world.of('ScaledObject').filter(({ group }) => group === KEDA_GROUP);
}

export function scaledJobsOf(world: World): readonly Resource[] {
  return world.of('ScaledJob').filter(({ group }) => group === KEDA_GROUP);
}

/** The triggers of a ScaledObject or ScaledJob that name a type. */
export function triggersOf(resource: Resource): readonly ScaleTrigger[] {
  return list(resource.at(['spec', 'triggers'])).flatMap((entry, i) => {
    const json = record(entry);
    const type = string(json?.['type']);
    if (!json || !type) return [];
    const path: Path = ['spec', 'triggers', i];
    const metadata = Object.entries(record(json['metadata']) ?? {}).flatMap(([key, value]) => {
      const text = string(value)?.trim();
      return text ? [[key, text] as const] : [];
    });
    const metricType = string(json['metricType']) || undefined;
    return [{ type, metadata: new Map(metadata), metricType, authentication: authenticationRef(json, path), path }];
  });
}

function authenticationRef(trigger: Readonly<Record<string, unknown>>, path: Path): AuthenticationRef | undefined {
  const reference = record(trigger['authenticationRef']);
  const name = string(reference?.['name']);
  if (!name) return undefined;
  const kind =
    reference?.['kind'] === 'ClusterTriggerAuthentication' ? 'ClusterTriggerAuthentication' : 'TriggerAuthentication';
  return { kind, name, path: [...path, 'authenticationRef'] };
}

/** The HorizontalPodAutoscaler that KEDA makes of a ScaledObject, and where its name is written (controllers/keda/hpa.go of KEDA). */
export function hpaNameOf(scaledObject: Resource): { readonly name: string; readonly path: Path } {
  const path = ['spec', 'advanced', 'horizontalPodAutoscalerConfig', 'name'];
  const given = string(scaledObject.at(path));
  return given ? { name: given, path } : { name: `keda-hpa-${scaledObject.name}`, path: ['metadata', 'name'] };
}

/** The rules by which a HorizontalPodAutoscaler, or the one that KEDA makes, changes the number of pods. */
export function behaviorPath({ kind }: Resource): Path {
  return kind === 'ScaledObject'
    ? ['spec', 'advanced', 'horizontalPodAutoscalerConfig', 'behavior']
    : ['spec', 'behavior'];
}
