import type { Json, Resource } from '../../../manifests/resource';
import { list, record, text } from '../../../manifests/resource';
import { bindingsOf, rolesOf } from '../../../world/rbac';
import type { Judgement } from '../../check';
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
  /** It is one only where it goes for the whole cluster. */
  readonly clusterWide?: boolean;
  /** It is none for objects that are named. */
  readonly unnamed?: boolean;
}

const RBAC = 'rbac.authorization.k8s.io';
const WRITE = ['create', 'update', 'patch'];

/** Rights by which one gets more rights than one was given. */
const DANGERS: readonly Danger[] = [
  {
    group: '',
    resources: ['secrets'],
    verbs: ['list', 'watch'],
    unnamed: true,
    what: 'shows all Secrets with their contents, the tokens of other ServiceAccounts among them',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    unnamed: true,
    clusterWide: true,
    what: 'reads the Secrets of every namespace',
  },
  {
    group: '',
    resources: ['pods/exec', 'pods/attach'],
    verbs: ['create', 'get'],
    what: 'runs commands in other pods, with their tokens, secrets and network',
  },
  {
    group: '',
    resources: ['pods/ephemeralcontainers'],
    verbs: ['update', 'patch'],
    what: 'puts containers into pods that run, with their tokens and network',
  },
  {
    group: '',
    resources: ['nodes/proxy'],
    verbs: ['get', 'create'],
    what: 'speaks to the kubelet itself: it runs commands in every pod of a node, past audit log and admission',
  },
  {
    group: '',
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    unnamed: true,
    what: 'makes tokens of other ServiceAccounts, and has all their rights',
  },
  {
    group: '',
    resources: ['users', 'groups', 'serviceaccounts'],
    verbs: ['impersonate'],
    unnamed: true,
    what: 'acts as anybody, administrators among them',
  },
  {
    group: 'authentication.k8s.io',
    resources: ['userextras', 'uids'],
    verbs: ['impersonate'],
    unnamed: true,
    what: 'acts with attributes of others',
  },
  {
    group: '',
    resources: ['namespaces'],
    verbs: ['update', 'patch'],
    unnamed: true,
    clusterWide: true,
    what: 'changes the labels of namespaces, and takes Pod Security and network policies out of force by that',
  },
  {
    group: '',
    resources: ['persistentvolumes'],
    verbs: ['create'],
    clusterWide: true,
    what: "makes volumes of paths of the node, and reads and writes the node's files through them",
  },
  {
    group: RBAC,
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate'],
    what: 'writes roles with rights that it has not itself',
  },
  {
    group: RBAC,
    resources: ['roles', 'clusterroles'],
    verbs: ['bind'],
    unnamed: true,
    what: 'gives itself any role, cluster-admin too',
  },
  {
    group: 'admissionregistration.k8s.io',
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations', 'mutatingadmissionpolicies'],
    verbs: WRITE,
    unnamed: true,
    what: 'reads, and can change, every object that anybody sends to the API server',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
    what: 'approves certificates for any user that their signer knows',
  },
  {
    group: 'certificates.k8s.io',
    resources: ['signers'],
    verbs: ['approve', 'sign'],
    unnamed: true,
    what: 'approves or signs certificates for any user',
  },
];

/** Those that everybody who asks belongs to. */
const EVERYBODY: Readonly<Record<string, string>> = {
  'system:anonymous': 'whoever reaches the API server, without any credentials',
  'system:unauthenticated': 'whoever reaches the API server, without any credentials',
  'system:authenticated': 'every user and every pod with a token',
  'system:serviceaccounts': 'every pod with a token',
};

/** Kubernetes itself binds these to everybody. */
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
    'roles give no rights from which others follow, such as reading all Secrets or acting as somebody else, and no binding gives them to everybody',
  severity: 'advice',
  needs: [],
  source: 'https://kubernetes.io/docs/concepts/security/rbac-good-practices/',
  fix: 'take the right away, name the objects it is for (resourceNames), or give it in one namespace only',
  example: {
    broken: manifests('pods, secrets'),
    fails: ['ClusterRole/reporter rules[0].resources[1]'],
    fixed: manifests('pods'),
  },
  *judge(world) {
    for (const role of rolesOf(world)) {
      for (const [i, entry] of list(role.at(['rules'])).entries()) {
        const rule = record(entry);
        if (rule) yield* judgeRule(role, rule, i);
      }
    }
    for (const binding of bindingsOf(world)) yield* judgeBinding(binding);
  },
});

function* judgeRule(role: Resource, rule: Json, i: number): Iterable<Judgement> {
  const [groups, resources, verbs] = [list(rule['apiGroups']), list(rule['resources']), list(rule['verbs'])];
  const isNamed = list(rule['resourceNames']).length > 0;
  for (const { group, resources: dangerous, verbs: dangerousVerbs, what, clusterWide, unnamed } of DANGERS) {
    if ((clusterWide && role.kind !== 'ClusterRole') || (unnamed && isNamed)) continue;
    if (!groups.includes(group) && !groups.includes('*')) continue;
    // A * for the resources, which rbac-wildcard speaks of, has all of this.
    const at = resources.findIndex(
      (resource) =>
        typeof resource === 'string' &&
        dangerous.some((name) => name === resource || (name.includes('/') && resource === `*/${name.split('/')[1]}`)),
    );
    const given = verbs.filter((verb) => verb === '*' || (typeof verb === 'string' && dangerousVerbs.includes(verb)));
    if (at < 0 || given.length === 0) continue;
    // Who may list may read: one finding does.
    if (
      what.startsWith('reads the Secrets') &&
      verbs.some((verb) => verb === 'list' || verb === 'watch' || verb === '*')
    )
      continue;
    yield {
      resource: role,
      path: ['rules', i, 'resources', at],
      value: resources[at],
      message: `${given.join(' and ')} on ${String(resources[at])} ${what}`,
    };
  }
}

function* judgeBinding(binding: Resource): Iterable<Judgement> {
  const role = text(binding.at(['roleRef', 'name'])) ?? '';
  const where = binding.kind === 'ClusterRoleBinding' ? 'the whole cluster' : 'the namespace';
  for (const [i, entry] of list(binding.at(['subjects'])).entries()) {
    const name = text(record(entry)?.['name']) ?? '';
    const everybody =
      record(entry)?.['kind'] === 'ServiceAccount' || !Object.hasOwn(EVERYBODY, name) ? undefined : EVERYBODY[name];
    if (everybody) {
      if (!HARMLESS.includes(role))
        yield {
          resource: binding,
          path: ['subjects', i, 'name'],
          value: name,
          message: `${name} is ${everybody}: all of them get role ${role} in ${where}`,
          fix: 'bind the role to those who need it',
        };
    } else if (role === 'cluster-admin' && binding.at(['roleRef', 'kind']) === 'ClusterRole') {
      yield {
        resource: binding,
        path: ['roleRef', 'name'],
        value: role,
        message: `${name} may do everything in ${where}: who takes over one of its pods or its credentials owns ${binding.kind === 'ClusterRoleBinding' ? 'all nodes and Secrets' : 'all that is in it'}`,
        fix: 'bind a role that lists what is needed',
      };
      return;
    }
  }
}
