import type { Json, Path } from '../../manifests/resource';
import { list, record, string, strings } from '../../manifests/resource';
import type { WorkloadManifest } from '../../manifests/workload';
import { memo } from '../../model/memo';

/** A container as the Pod Security Standards look at it. */
export interface SecuredContainer {
  readonly name: string;
  readonly json: Json;
  readonly path: Path;
  /** Its securityContext; an empty one where there is none. */
  readonly security: Json;
}

/** A pod as the Pod Security Standards look at it: init, ordinary and ephemeral containers are all the same to them. */
export interface SecuredPod {
  readonly spec: Json;
  readonly path: Path;
  readonly annotations: Readonly<Record<string, string>>;
  readonly annotationsPath: Path;
  readonly security: Json;
  readonly containers: readonly SecuredContainer[];
  readonly volumes: readonly SecuredVolume[];
  readonly hostNetwork: boolean;
  /** It has users of its own (`hostUsers: false`): root in it is nobody outside. */
  readonly ownUsers: boolean;
  readonly windows: boolean;
}

export interface SecuredVolume {
  readonly name: string;
  readonly json: Json;
  readonly path: Path;
}

/** A workload's pods in that view. */
export const securedPod = memo((workload: WorkloadManifest): SecuredPod => {
  const { podSpec: spec, podSpecPath: path, pod, templatePath, resource } = workload;
  const claims =
    resource.kind === 'StatefulSet'
      ? new Set(
          list(resource.at(['spec', 'volumeClaimTemplates'])).map((claim) =>
            string(record(record(claim)?.['metadata'])?.['name']),
          ),
        )
      : undefined;
  return {
    spec,
    path,
    annotations: strings(record(pod['metadata'])?.['annotations']),
    annotationsPath: [...templatePath, 'metadata', 'annotations'],
    security: record(spec['securityContext']) ?? {},
    containers: workload.containers.map(({ name, json, path }) => ({
      name,
      json,
      path,
      security: record(json['securityContext']) ?? {},
    })),
    volumes: list(spec['volumes']).flatMap((entry, i) => {
      const json = record(entry);
      const name = string(json?.['name']) ?? '';
      // The controller puts the claim in the place of a volume of its name.
      return json && !claims?.has(name) ? [{ name, json, path: [...path, 'volumes', i] }] : [];
    }),
    hostNetwork: spec['hostNetwork'] === true,
    ownUsers: spec['hostUsers'] === false,
    windows: record(spec['os'])?.['name'] === 'windows',
  };
});

/** A control that does not hold, in the words of the Pod Security admission. */
export interface Violation {
  /** `hostPath volumes` */
  readonly reason: string;
  /** `volume "logs"` */
  readonly detail: string;
  /** The first field that is wrong, or the nearest one that is there. */
  readonly path: Path;
  readonly value?: unknown;
}

/** A field that is wrong, and who has it; without container it is the pod's. */
export interface Setter {
  readonly container?: SecuredContainer;
  readonly path: Path;
  readonly value?: unknown;
}

/** The pod and its containers where a field of their securityContext is there and is bad. */
export function badSettings(pod: SecuredPod, field: Path, isBad: (value: unknown) => boolean): Setter[] {
  const bad: Setter[] = [];
  for (const place of [undefined, ...pod.containers]) {
    const { security, path } = place ?? pod;
    let value: unknown = security;
    for (const key of field) value = record(value)?.[key];
    if (isBad(value))
      bad.push({ path: [...path, 'securityContext', ...field], value, ...(place ? { container: place } : {}) });
  }
  return bad;
}

/** `pod and containers "a", "b"` */
export function settersText(setters: readonly Setter[]): string {
  const containers = setters.flatMap(({ container }) => container ?? []);
  return [
    ...(containers.length < setters.length ? ['pod'] : []),
    ...(containers.length > 0 ? [containersText(containers)] : []),
  ].join(' and ');
}

/** `containers "a", "b"`; each is named once. */
export function containersText(containers: readonly SecuredContainer[]): string {
  const different = [...new Set(containers)];
  return `${plural(different.length, 'container')} ${different.map(({ name }) => `"${name}"`).join(', ')}`;
}

/** Each once, in order, quoted. */
export function quoted(values: readonly unknown[]): string {
  return sortedStrings(values)
    .map((value) => `"${value}"`)
    .join(', ');
}

export function sortedStrings(values: readonly unknown[]): string[] {
  return [...new Set(values.map(String))].sort();
}

export function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}

/** Where a container says how it is secured, or the container where it does not. */
export function securityPath({ json, path }: SecuredContainer): Path {
  return record(json['securityContext']) ? [...path, 'securityContext'] : path;
}
