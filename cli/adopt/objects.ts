import { readSources, type Unreadable } from '../../manifests/reading/read';
import { positionOf, writtenAt } from '../../manifests/reading/yaml/position';
import type { Resource, Source } from '../../manifests/resource';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';

/** The objects of a text of YAML; what cannot be read is an error. */
export function objectsIn(source: Source): KubernetesObject[] {
  const { objects, others } = objectsAndOthers(source);
  if (others) throw unreadable(others);
  return objects;
}

/** The objects of a text of YAML, and the first place in it where something else stands that is no Kubernetes object. */
export function objectsAndOthers(source: Source): {
  readonly objects: KubernetesObject[];
  readonly others: Unreadable | undefined;
} {
  const { resources, unreadable: parts } = readSources([source]);
  const wrong = parts.find(({ foreign }) => foreign !== true);
  if (wrong) throw unreadable(wrong);
  for (const resource of resources) refuseNames(resource);
  return { objects: resources.map(({ object }) => object as unknown as KubernetesObject), others: parts[0] };
}

function unreadable({ file, line, reason }: Unreadable): StrataError {
  return new StrataError(`${file}:${line}`, reason, ['mend the YAML there', 'move the file elsewhere']);
}

function refuseNames(resource: Resource): void {
  const { source, kind } = resource;
  for (const field of ['name', 'namespace']) {
    const value = resource.at(['metadata', field]);
    if (typeof value === 'string' || ((value ?? undefined) === undefined && field === 'namespace')) continue;
    const { line } = positionOf(resource, ['metadata', field]);
    if (value === undefined || value === null)
      throw new StrataError(
        [`${source.file}, ${kind}`, resource.name].filter(Boolean).join(' '),
        'has no metadata.name, so that nobody can compare it with what is rendered',
        ['give it a name', 'move it elsewhere: kubectl create makes objects with generateName'],
      );
    const written = writtenAt(resource, ['metadata', field]);
    const what =
      typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'a map') : `the ${typeof value} ${value}`;
    throw new StrataError(
      `${source.file}:${line}, ${kind}`,
      `metadata.${field} is ${written === undefined || written === String(value) ? what : `${what}, which is what YAML reads ${written} as`}: Kubernetes takes strings only`,
      [
        typeof value === 'object'
          ? `write the ${field} there`
          : `put it in quotes: ${field}: "${written ?? String(value)}"`,
      ],
    );
  }
}
