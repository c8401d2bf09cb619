import type { Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { misspellingOf } from '../../../model/misspelling';
import { OPEN_GROUPS, servedIn, UNSTORED } from '../../../world/served';
import type { World } from '../../../world/world';
import { check } from '../../check';

const manifests = (resource: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: replicas }
spec:
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], resources: [${resource}], operations: [CREATE, UPDATE] }]
  validations: [{ expression: 'object.spec.replicas <= 5' }]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: replicas }
spec: { policyName: replicas, validationActions: [Deny] }
`;

export default check({
  id: 'admission-rule-real',
  group: 'references',
  description: 'the rules of webhooks and admission policies match resources that API groups have',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
  fix: "write the plural in lower case (deployments), and the API group without a version (apps; '' for pods)",
  example: {
    broken: manifests('deployment'),
    fails: ['ValidatingAdmissionPolicy/replicas spec.matchConstraints.resourceRules[0].resources[0]'],
    fixed: manifests('deployments'),
  },
  *judge(world) {
    for (const { resource, path, groups, name, consequence } of matchesOf(world)) {
      const found = problemOf(world, groups, name);
      if (found)
        yield {
          resource,
          path,
          value: resource.at(path),
          message: `${found}, so ${consequence}`,
        };
    }
  },
});

interface Match {
  readonly resource: Resource;
  readonly path: Path;
  readonly groups: readonly string[];
  /** The plural, without a subresource. */
  readonly name: string;
  readonly consequence: string;
}

/** Each resource that a rule names. */
function* matchesOf(world: World): Iterable<Match> {
  for (const kind of ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])
    for (const resource of world.of(kind))
      for (const i of list(resource.at(['webhooks'])).keys())
        yield* rulesAt(resource, ['webhooks', i, 'rules'], 'the webhook is never called for it');
  for (const kind of ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'])
    for (const resource of world.of(kind))
      yield* rulesAt(resource, ['spec', 'matchConstraints', 'resourceRules'], 'the policy says nothing about it');
}

function* rulesAt(resource: Resource, at: Path, consequence: string): Iterable<Match> {
  for (const [i, entry] of list(resource.at(at)).entries()) {
    const rule = record(entry);
    const groups = list(rule?.['apiGroups']).flatMap((group) => (typeof group === 'string' ? [group] : []));
    for (const [j, written] of list(rule?.['resources']).entries()) {
      const name = string(written)?.replace(/\/.*$/, '');
      if (name && name !== '*' && groups.length > 0)
        yield { resource, path: [...at, i, 'resources', j], groups, name, consequence };
    }
  }
}

/** Why a resource of these groups is certainly none; one of an old version of Kubernetes does no harm, and an add-on may have any. */
function problemOf(world: World, groups: readonly string[], name: string): string | undefined {
  const version = groups.find((group) => /^v\d+((alpha|beta)\d+)?$/.test(group));
  if (version !== undefined && groups.length === 1)
    return `${version} is a version, and no API group${inGroups(world, name)}`;
  const served = servedIn(world);
  if (groups.some((group) => OPEN_GROUPS.test(group) || !served.builtIn.has(group) || !served.groups.has(group)))
    return undefined;
  if (groups.some((group) => served.groups.get(group)!.has(name) || UNSTORED.get(group)?.includes(name)))
    return undefined;
  const [meant] = misspellingOrPlural(
    name,
    groups.flatMap((group) => [...served.groups.get(group)!]),
  );
  const hint = inGroups(world, name) || (meant === undefined ? '' : ` (is ${meant} meant?)`);
  return hint === ''
    ? undefined
    : `${groups.map((group) => (group === '' ? 'the core API group' : `API group ${group}`)).join(' or ')} has no ${name}${hint}`;
}

/** The groups that have a resource of this name. */
function inGroups(world: World, name: string): string {
  const groups = [...servedIn(world).groups].filter(([, names]) => names.has(name)).map(([group]) => group || "''");
  return groups.length === 0 ? '' : ` (${name} are in ${groups.join(', ')})`;
}

/** `deployment`, `Deployments` and `deploymnets` for deployments. */
function misspellingOrPlural(name: string, known: readonly string[]): string[] {
  const plural = known.filter((candidate) => [`${name}s`, `${name}es`].includes(candidate));
  return plural.length > 0 ? plural : misspellingOf(name, known);
}
