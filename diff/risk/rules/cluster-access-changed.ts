import { parseYaml } from '../../../manifests/reading/yaml/parse';
import type { Resource } from '../../../manifests/resource';
import { list, mappings, string, strings } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import { isAccessMap } from '../access-map';
import { changesOf, isKept } from '../kinds';
import { fieldAt } from '../paths';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const accessMap = (roles: string) => `
apiVersion: v1
kind: ConfigMap
metadata: { name: aws-auth, namespace: kube-system }
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/nodes
      username: system:node:{{EC2PrivateDNSName}}
      groups: [system:bootstrappers, system:nodes]
${roles}
`;
const developers = (group: string) => `
    - rolearn: arn:aws:iam::111122223333:role/developers
      username: developers
      groups: [${group}]`;

export default riskRule({
  id: 'cluster-access-changed',
  class: 'privilege',
  description: 'identities of the cloud that act in the cluster as others than before: the ConfigMap aws-auth of EKS',
  reason:
    'No pod reads it: the API server of EKS asks it who somebody is, at each request. Nodes whose role is not in it any more cannot report, and their pods are made elsewhere.',
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html',
  advice: 'look at who may take on the role, and give a group with a binding of its own in place of system:masters',
  example: {
    before: accessMap(developers('viewers')),
    after: accessMap(developers('system:masters')),
    finds: ['ConfigMap/kube-system/aws-auth data.mapRoles'],
    harmless: accessMap(developers("'viewers'")),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ConfigMap'))
      if (isAccessMap(diff, change) && (change.after || !isKept(change.before!))) yield* ofMap(change);
  },
});

/** Who somebody of the cloud is in the cluster. */
interface Mapped {
  readonly key: string;
  readonly username: string;
  readonly groups: readonly string[];
}

const PARTS = { mapRoles: 'rolearn', mapUsers: 'userarn' } as const;

function* ofMap(change: ObjectChange): Iterable<FoundRisk> {
  for (const [part, arn] of Object.entries(PARTS)) {
    const [was, is] = [change.before, change.after].map((resource) => mappedBy(resource, part, arn));
    const field =
      change.does === 'changed' ? (fieldAt(change, ['data', part]) ?? fieldAt(change, ['data'])) : undefined;
    if (change.after && is === undefined) {
      yield {
        change,
        field,
        class: 'disruption',
        message: `${part} cannot be read: none of those that it names is let in`,
        advice: KEEP,
      };
      continue;
    }
    const [old, now] = [was ?? new Map<string, Mapped>(), is ?? new Map<string, Mapped>()];
    for (const [key, { username, groups }] of now) {
      const before = old.get(key);
      const more = groups.filter((group) => !before?.groups.includes(group));
      const isOther = before === undefined || before.username !== username;
      if (more.length === 0 && !isOther) continue;
      const as = isOther && username !== '' ? `user ${username}` : '';
      const of = more.length > 0 ? `${as && ' '}of ${more.join(', ')}` : '';
      const all = more.includes('system:masters') ? ': it may do everything' : '';
      yield { change, field, message: `${key} acts in the cluster as ${as}${as || !of ? of : `one ${of}`}${all}` };
    }
    for (const [key, before] of old) {
      const after = now.get(key);
      const less = before.groups.filter((group) => !after?.groups.includes(group));
      if (after && less.length === 0 && after.username === before.username) continue;
      const isOfNodes =
        before.groups.includes('system:nodes') &&
        (!after || less.includes('system:nodes') || after.username !== before.username);
      const what = after
        ? `${key} is no more ${less.length > 0 ? `of ${less.join(', ')}` : `user ${before.username}`}`
        : `${key} is not let in any more`;
      yield {
        change,
        field,
        class: 'disruption',
        message: isOfNodes
          ? `${what}: the nodes of this role become NotReady, and their pods are made elsewhere`
          : what,
        advice: KEEP,
      };
    }
  }
}

const KEEP = 'make sure by an access entry of EKS, or another mapping, that nodes and administrators keep their access';

/** By the ARN; undefined where the text is no list in YAML. */
function mappedBy(resource: Resource | undefined, part: string, arn: string): ReadonlyMap<string, Mapped> | undefined {
  const text = strings(resource?.at(['data']))[part];
  if (text === undefined) return new Map();
  let value: unknown;
  try {
    value = parseYaml(text).value;
  } catch {
    return undefined;
  }
  if (value === null || value === undefined) return new Map();
  if (!Array.isArray(value)) return undefined;
  const all = new Map<string, Mapped>();
  for (const entry of mappings(value)) {
    const key = string(entry[arn]) ?? '';
    all.set(key, {
      key,
      username: string(entry['username']) ?? '',
      groups: list(entry['groups']).map(String),
    });
  }
  return all;
}
