import type { Resource } from '../manifests/resource';
import { string } from '../manifests/resource';
import { memo } from '../model/memo';
import { addOnData, kubernetesData } from '../upstream/kubernetes/data';
import type { World } from './world';

/** API groups whose resources are not persisted, or that an aggregated API server serves. */
export const OPEN_GROUPS =
  /^(metrics|custom\.metrics|external\.metrics|authentication|authorization|apiregistration)\.k8s\.io$|\*/;
/** Resources without a kind of that name, by API group. */
export const UNSTORED: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    '': ['users', 'groups', 'uids', 'serviceaccounts', 'componentstatuses', 'bindings', 'events'],
    'certificates.k8s.io': ['signers'],
  }),
);

/** Which resources API groups have. */
export interface ApiResources {
  /** Plurals by API group. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly builtIn: ReadonlySet<string>;
}

/** The resources of all supported versions of Kubernetes, of well-known add-ons, and of the CustomResourceDefinitions here. */
export const servedIn = memo((world: World): ApiResources => {
  const groups = new Map<string, Set<string>>();
  const add = (group: string, plural: string) => {
    const there = groups.get(group);
    if (there) there.add(plural);
    else groups.set(group, new Set([plural]));
  };
  const groupOf = (apiVersionAndKind: string) =>
    apiVersionAndKind.includes('/') ? apiVersionAndKind.slice(0, apiVersionAndKind.indexOf('/')) : '';
  for (const [name, timeline] of Object.entries(kubernetesData().kinds)) {
    for (const entry of Object.values(timeline)) if (entry) add(groupOf(name), entry.split(' ')[0]!);
  }
  const builtIn = new Set(groups.keys());
  for (const [name, { plural }] of Object.entries(addOnData().kinds)) add(groupOf(name), plural);
  const definitions: readonly Resource[] = [
    ...world.of('CustomResourceDefinition'),
    ...world.external.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    ...(world.facts.known('customResourceDefinitions') ?? []),
  ];
  for (const definition of definitions)
    add(string(definition.at(['spec', 'group'])) ?? '', string(definition.at(['spec', 'names', 'plural'])) ?? '');
  // Only some kinds of an add-on are known, so its group stays open without a CustomResourceDefinition.
  for (const group of [...groups.keys()])
    if (!builtIn.has(group) && !definitions.some((definition) => definition.at(['spec', 'group']) === group))
      groups.delete(group);
  return { groups, builtIn };
});
