import type { Json, Path, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { near, nearest } from '../../../model/near';
import { kubernetesData } from '../../../upstream/kubernetes/data';
import { fieldProblems } from '../../../upstream/kubernetes/structural/judge';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (parameter: string) => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: { name: requiredlabels }
spec:
  crd:
    spec:
      names: { kind: RequiredLabels }
      validation: { openAPIV3Schema: { type: object, properties: { labels: { type: array, items: { type: string } } } } }
  targets: [{ target: admission.k8s.gatekeeper.sh, rego: 'package requiredlabels' }]
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RequiredLabels
metadata: { name: team }
spec:
  match: { kinds: [{ apiGroups: [''], kinds: [Namespace] }] }
  parameters: { ${parameter}: [team] }
`;

export default check({
  id: 'gatekeeper-constraint-valid',
  group: 'references',
  description: 'a Gatekeeper constraint matches kinds that exist and gives the parameters of its template',
  severity: 'will-break',
  needs: [],
  source: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/',
  fix: 'write the kinds, their API groups and the parameters as they are called',
  example: {
    broken: manifests('label'),
    fails: ['RequiredLabels/team spec.parameters.label'],
    fixed: manifests('labels'),
  },
  *judge(world) {
    for (const constraint of world.resources) {
      if (constraint.group !== 'constraints.gatekeeper.sh') continue;
      yield* judgeKinds(constraint);
      yield* judgeParameters(world, constraint);
    }
  },
});

function* judgeKinds(constraint: Resource): Iterable<Finding> {
  for (const [i, entry] of list(constraint.at(['spec', 'match', 'kinds'])).entries()) {
    const groups = list(record(entry)?.['apiGroups']).map(String);
    const known = groups.flatMap((group) => [...(kindsByGroup().get(group) ?? [])]);
    // Of groups that are not built in nobody knows the kinds.
    if (groups.length === 0 || !groups.every((group) => kindsByGroup().has(group))) continue;
    for (const [j, kind] of list(record(entry)?.['kinds']).entries()) {
      if (typeof kind !== 'string' || kind === '*' || known.includes(kind)) continue;
      const others = [...kindsByGroup()].filter(([, kinds]) => kinds.has(kind)).map(([group]) => group || "''");
      const hint = others.length > 0 ? `; it is in ${others.join(', ')}` : near(kind, known);
      yield {
        resource: constraint,
        path: ['spec', 'match', 'kinds', i, 'kinds', j],
        value: kind,
        message: `API group ${groups.map((group) => group || "''").join(' or ')} has no kind ${kind}, so the constraint matches none of these objects${hint}`,
      };
    }
  }
}

function* judgeParameters(world: World, constraint: Resource): Iterable<Finding> {
  const templates = [
    ...world.of('ConstraintTemplate'),
    ...world.external.filter(({ kind }) => kind === 'ConstraintTemplate'),
  ];
  const template = templates.find(
    (candidate) => string(candidate.at(['spec', 'crd', 'spec', 'names', 'kind'])) === constraint.kind,
  );
  const path: Path = ['spec', 'parameters'];
  const parameters = constraint.at(path);
  const schema = record(template?.at(['spec', 'crd', 'spec', 'validation', 'openAPIV3Schema']));
  if (!template || parameters === undefined || parameters === null) return;
  if (!schema) return;
  const names = Object.keys(record(schema['properties']) ?? {});
  for (const problem of fieldProblems(parameters, { type: 'object', ...schema } as Json)) {
    if (problem.undecided) continue;
    // A schema without a type keeps what it does not name: only a name that is nearly one of its own is certainly wrong.
    if (
      problem.unknownField &&
      schema['type'] === undefined &&
      !problem.fix &&
      !nearest(String(problem.path.at(-1)), names)
    )
      continue;
    yield {
      resource: constraint,
      path: [...path, ...problem.path],
      ...(problem.value === undefined ? {} : { value: problem.value }),
      message: problem.unknownField
        ? `ConstraintTemplate ${template.name} has no parameter ${problem.path.join('.')}${near(String(problem.path.at(-1)), names)}: the constraint does not get it, and checks nothing or refuses everything`
        : `${problem.words}: the API server rejects the constraint`,
    };
  }
}

let byGroup: Map<string, Set<string>> | undefined;

function kindsByGroup(): ReadonlyMap<string, ReadonlySet<string>> {
  if (byGroup) return byGroup;
  byGroup = new Map();
  for (const id of Object.keys(kubernetesData().kinds)) {
    const [apiVersion = '', kind = ''] = id.split(' ');
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    byGroup.set(group, (byGroup.get(group) ?? new Set()).add(kind));
  }
  return byGroup;
}
