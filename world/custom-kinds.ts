import type { Json, Resource } from '../manifests/resource';
import { list, record, string } from '../manifests/resource';
import { memo } from '../model/memo';
import type { CustomKind } from '../upstream/kubernetes/custom';
import { addOnData, kubernetesData } from '../upstream/kubernetes/data';
import { at, own } from '../upstream/kubernetes/model';
import type { World } from './world';

interface Custom {
  /** By `group/version Kind`. */
  readonly kinds: ReadonlyMap<string, CustomKind>;
  /** Versions by `group Kind`. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
  /** Whether every CustomResourceDefinition of the cluster is known. */
  readonly complete: boolean;
}

/** The kinds that CustomResourceDefinitions make: those judged, declared, or known as facts. */
export const customKinds = memo((world: World): Custom => {
  const kinds = new Map<string, CustomKind>();
  const versions = new Map<string, string[]>();
  const known = world.facts.known('customResourceDefinitions');
  const declared = world.external.filter(({ kind }) => kind === 'CustomResourceDefinition');
  for (const definition of [...(known ?? []), ...declared, ...world.of('CustomResourceDefinition')]) {
    const spec = record(definition.at(['spec']));
    const group = string(spec?.['group']) ?? '';
    const kind = string(record(spec?.['names'])?.['kind']) ?? '';
    // What only says that a kind is there, such as the facts of a cluster, tells less than a whole definition.
    if (versions.has(`${group} ${kind}`) && !list(spec?.['versions']).some(schemaIn)) continue;
    const served: string[] = [];
    for (const entry of list(spec?.['versions'])) {
      const version = record(entry);
      const name = string(version?.['name']) ?? '';
      const schema = schemaIn(entry);
      kinds.set(`${group}/${name} ${kind}`, {
        namespaced: spec?.['scope'] !== 'Cluster',
        served: version?.['served'] !== false,
        dropsStatus: record(record(version?.['subresources'])?.['status']) !== undefined,
        schema,
        pool: undefined,
        certain: true,
      });
      if (version?.['served'] !== false) served.push(name);
    }
    versions.set(`${group} ${kind}`, served);
  }
  return { kinds, versions, complete: known !== undefined };
});

function schemaIn(version: unknown): Json | undefined {
  return record(record(record(version)?.['schema'])?.['openAPIV3Schema']);
}

/** Whether the API server has the kind itself: it does not ask a CustomResourceDefinition of the same name. */
function isBuiltIn(resource: Resource, minor: number | undefined): boolean {
  const timeline = own(kubernetesData().kinds, `${resource.apiVersion} ${resource.kind}`);
  if (!timeline) return false;
  return minor === undefined || at(timeline, minor) !== undefined;
}

/** The kind that a CustomResourceDefinition makes of an object; where none is known, the one of the add-on that is known for it. */
export function customKind(world: World, resource: Resource): CustomKind | undefined {
  if (isBuiltIn(resource, world.facts.minor)) return undefined;
  const id = `${resource.apiVersion} ${resource.kind}`;
  const custom = customKinds(world);
  const certain = custom.kinds.get(id);
  // A definition that tells no schema only says that the kind is there.
  if (certain?.schema || (!certain && custom.versions.has(`${resource.group} ${resource.kind}`))) return certain;
  const { kinds, pool } = addOnData();
  const known = own(kinds, id);
  if (!known) return certain;
  return {
    namespaced: known.namespaced,
    served: certain?.served ?? true,
    // The data do not say it; nearly every add-on has the subresource.
    dropsStatus: true,
    schema: pool[known.schema],
    pool,
    certain: false,
  };
}
