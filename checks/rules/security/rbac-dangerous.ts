import type { Json, Resource } from '../../../manifests/resource';
import { list, record, string } from '../../../manifests/resource';
import { bindingsOf, rolesOf } from '../../../world/rbac';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (rule: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reporter }
rules: [{ apiGroups: [''], resources: [${rule}], verbs: [get, list, watch] }]
`;

interface Danger {
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly what: string;
  /** Reported only where it applies to the whole cluster. */
  readonly clusterWide?: boolean;
  /** Reported of Roles alone. */
  readonly inRole?: boolean;
  /** Not reported for a rule with resourceNames. */
  readonly unnamed?: boolean;
}

const RBAC = 'rbac.authorization.k8s.io';
const WRITE = ['create', 'update', 'patch'];
const READS_EVERY_SECRET = 'reads the Secrets of every namespace';

/** Permissions that allow privilege escalation. */
const DANGERS: readonly Danger[] = [
  {
    group: '',
    resources: ['secrets'],
    verbs: ['list', 'watch'],
    unnamed: true,
    what: 'reads all Secrets with their values, including tokens of other ServiceAccounts',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    unnamed: true,
    clusterWide: true,
    what: READS_EVERY_SECRET,
  },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    what: 'runs commands in other pods, with their tokens, Secrets and network',
  },
  {
    group: '',
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    what: 'adds containers to running pods, with their tokens and network',
  },
  {
    group: '',
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    what: 'reaches the kubelet API: it runs commands in every pod of a node, without audit log and admission',
  },
  {
    group: '',
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    unnamed: true,
    what: 'creates tokens of other ServiceAccounts, with all their permissions',
  },
  {
    group: '',
    resources: ['users', 'groups', 'serviceaccounts'],
    verbs: ['impersonate'],
    unnamed: true,
    what: 'acts as any user, including administrators',
  },
  {
    group: 'authentication.k8s.io',
    resources: ['userextras', 'uids'],
    verbs: ['impersonate'],
    unnamed: true,
    what: 'acts with the attributes of other users',
  },
  {
    group: '',
    resources: ['namespaces'],
    verbs: ['update', 'patch'],
    unnamed: true,
    clusterWide: true,
    what: 'changes the labels of namespaces, which can disable Pod Security and network policies',
  },
  {
    group: '',
    resources: ['namespaces'],
    verbs: ['update', 'patch'],
    inRole: true,
    what: 'changes the labels of its own namespace, which can disable Pod Security and network policies there: a request for a namespace is one in it',
  },
  {
    group: '',
    resources: ['persistentvolumes'],
    verbs: ['create'],
    clusterWide: true,
    what: 'creates hostPath volumes, and reads and writes the files of the node through them',
  },
  {
    group: RBAC,
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate'],
    what: 'writes roles with permissions that it does not have itself',
  },
  {
    group: RBAC,
    resources: ['roles', 'clusterroles'],
    verbs: ['bind'],
    unnamed: true,
    what: 'binds itself to any role, including cluster-admin',
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations', 'mutatingadmissionpolicies'],
    verbs: WRITE,
    unnamed: true,
    what: 'reads, and can change, every object that is sent to the API server',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
    what: 'approves certificates for any user that the signer accepts',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['signers'],
    verbs: ['approve', 'sign'],
    unnamed: true,
    what: 'approves or signs certificates for any user',
  },
];

/** Users and groups that every client or pod belongs to. */
const EVERYONE: Readonly<Record<string, string>> = {
  'system:anonymous': 'everyone who can reach the API server, without credentials',
  'system:unauthenticated': 'everyone who can reach the API server, without credentials',
  'system:authenticated': 'every user and every pod with a token',
  'system:serviceaccounts': 'every pod with a token',
};

/** Roles that Kubernetes itself binds to everyone. */
const HARMLESS = [
  'system:basic-user',
  'system:discovery',
  'system:public-info-viewer',
  'system:service-account-issuer-discovery',
];

export default check({
  id: 'rbac-dangerous',
  group: 'security',
  description:
    'roles grant no permissions that allow privilege escalation, such as reading all Secrets or impersonation, and no binding grants a role to everyone',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  fix: 'remove the permission, limit it to objects (resourceNames), or grant it in one namespace only',
  example: {
    broken: manifests('pods, secrets'),
    fails: ['ClusterRole/reporter rules[0].resources[1]'],
    fixed: manifests('pods'),
  },
  *judge(world) {
    for (const role of rolesOf(world)) {
      for (const [i, entry] of list(role.at(['rules'])).entries()) {
        const rule = record(entry);
        if (rule) yield* judgeRule(world, role, rule, i);
      }
    }
    for (const binding of bindingsOf(world)) yield* judgeBinding(binding);
  },
});

function* judgeRule(world: World, role: Resource, rule: Json, i: number): Iterable<Finding> {
  const [groups, resources, verbs] = [list(rule['apiGroups']), list(rule['resources']), list(rule['verbs'])];
  const isNamed = list(rule['resourceNames']).length > 0;
  for (const { group, resources: dangerous, verbs: dangerousVerbs, what, clusterWide, inRole, unnamed } of DANGERS) {
    if ((clusterWide && role.kind !== 'ClusterRole') || (unnamed && isNamed)) continue;
    if (inRole && (role.kind !== 'Role' || (isNamed && !list(rule['resourceNames']).includes(world.namespaceOf(role)))))
      continue;
    if (!groups.includes(group) && !groups.includes('*')) continue;
    // rbac-wildcard reports * for resources, which includes all of these.
    const at = resources.findIndex(
      (resource) =>
        typeof resource === 'string' &&
        dangerous.some((name) => name === resource || (name.includes('/') && resource === `*/${name.split('/')[1]}`)),
    );
    const given = verbs.filter((verb) => verb === '*' || (typeof verb === 'string' && dangerousVerbs.includes(verb)));
    if (at < 0 || given.length === 0) continue;
    // list and watch include reading: one finding is enough.
    if (what === READS_EVERY_SECRET && verbs.some((verb) => verb === 'list' || verb === 'watch' || verb === '*'))
      continue;
    yield {
      resource: role,
      path: ['rules', i, 'resources', at],
      value: resources[at],
      message: `${given.join(' and ')} on ${String(resources[at])} ${what}`,
    };
  }
}

function* judgeBinding(binding: Resource): Iterable<Finding> {
  const role = string(binding.at(['roleRef', 'name'])) ?? '';
  const [where, controlled] =
    binding.kind === 'ClusterRoleBinding'
      ? ['the whole cluster', 'all nodes and Secrets']
      : ['the namespace', 'everything in it'];
  for (const [i, entry] of list(binding.at(['subjects'])).entries()) {
    const name = string(record(entry)?.['name']) ?? '';
    const isAccount = record(entry)?.['kind'] === 'ServiceAccount';
    const everyone = !isAccount && Object.hasOwn(EVERYONE, name) ? EVERYONE[name] : undefined;
    if (everyone) {
      if (!HARMLESS.includes(role))
        yield {
          resource: binding,
          path: ['subjects', i, 'name'],
          value: name,
          message: `${name} is ${everyone}: all of them get role ${role} in ${where}`,
          fix: 'bind the role to the users and ServiceAccounts that need it',
        };
    } else if (role === 'cluster-admin' && binding.at(['roleRef', 'kind']) === 'ClusterRole') {
      yield {
        resource: binding,
        path: ['roleRef', 'name'],
        value: role,
        message: `${name} may do everything in ${where}: whoever gets its credentials, for example from one of its pods, controls ${controlled}`,
        fix: 'bind a role that lists the permissions that are needed',
      };
      return;
    }
  }
}
