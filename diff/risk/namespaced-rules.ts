import type { Json, Resource } from '../../manifests/resource';
import { list, string } from '../../manifests/resource';
import { memo } from '../../model/memo';
import { addOnData, kubernetesData } from '../../upstream/kubernetes/data';
import type { World } from '../../world/world';

/**
 * Resources without a kind of their own that stand in no namespace: whom somebody may impersonate (k8s.io/apiserver,
 * pkg/endpoints/filters/impersonation.go asks without a namespace of all but ServiceAccounts), and who may sign.
 */
const WITHOUT_KIND: readonly string[] = [
  ...[' users', ' groups', ' uids', 'authentication.k8s.io uids', 'authentication.k8s.io userextras'],
  'certificates.k8s.io signers',
];

/** A request for one Namespace by its name is one in that namespace (k8s.io/apiserver, pkg/endpoints/request/requestinfo.go); these have no name. */
const OF_ALL: ReadonlySet<unknown> = new Set(['create', 'list', 'watch', 'deletecollection']);

/**
 * What is left of the rules of a role where a RoleBinding gives them: an authorizer asks it of requests in its own namespace alone, and
 * neither cluster-scoped resources nor paths of the API server are in one (plugin/pkg/auth/authorizer/rbac/rbac.go).
 */
export function namespacedRules(world: World, rules: readonly Json[]): readonly Json[] {
  return rules.flatMap((rule): readonly Json[] => {
    const { nonResourceURLs: _, ...own } = rule;
    const [groups, resources] = [list(rule['apiGroups']), list(rule['resources'])].map((texts) =>
      texts.map(String),
    ) as [string[], string[]];
    if (!groups.some((group) => resources.some((resource) => isClusterScoped(world, group, resource)))) return [own];
    return groups.flatMap((group): Json[] => {
      const inside = resources.filter((resource) => !isClusterScoped(world, group, resource));
      // A list of all Namespaces is in none of them; the one of the binding can be read by its name.
      const itself = resources.filter((resource) => group === '' && /^namespaces(\/|$)/.test(resource));
      return [
        ...(inside.length > 0 ? [{ ...own, apiGroups: [group], resources: inside }] : []),
        ...(itself.length > 0
          ? [
              {
                ...own,
                apiGroups: [group],
                resources: itself,
                verbs: list(rule['verbs']).filter((verb) => !OF_ALL.has(verb)),
              },
            ]
          : []),
      ];
    });
  });
}

/** Whether all resources of that name are known to stand in no namespace; a part of one, such as nodes/proxy, stands where it does. */
function isClusterScoped(world: World, group: string, resource: string): boolean {
  const plural = resource.split('/')[0]!;
  const scopes = scopesIn(world);
  if (group !== '*') return scopes.get(`${group} ${plural}`) === true;
  const all = [...scopes].filter(([id]) => id.endsWith(` ${plural}`));
  return all.length > 0 && all.every(([, isCluster]) => isCluster);
}

/** By group and plural, whether it stands in no namespace. */
const scopesIn = memo((world: World): ReadonlyMap<string, boolean> => {
  const scopes = new Map(WITHOUT_KIND.map((id) => [id, true]));
  const groupOf = (id: string) => (id.includes('/') ? id.slice(0, id.indexOf('/')) : '');
  for (const [id, { plural, namespaced }] of Object.entries(addOnData().kinds))
    scopes.set(`${groupOf(id)} ${plural}`, !namespaced);
  for (const definition of definitionsOf(world))
    scopes.set(
      `${string(definition.at(['spec', 'group']))} ${string(definition.at(['spec', 'names', 'plural']))}`,
      definition.at(['spec', 'scope']) === 'Cluster',
    );
  for (const [id, timeline] of Object.entries(kubernetesData().kinds))
    for (const entry of Object.values(timeline)) {
      const [plural, scope] = entry?.split(' ') ?? [];
      if (plural !== undefined) scopes.set(`${groupOf(id)} ${plural}`, scope === 'cluster');
    }
  return scopes;
});

function definitionsOf(world: World): readonly Resource[] {
  return [
    ...(world.facts.known('customResourceDefinitions') ?? []),
    ...world.external.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    ...world.of('CustomResourceDefinition'),
  ];
}
