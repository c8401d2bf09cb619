import type { Resource } from '../../manifests/resource';
import { strings } from '../../manifests/resource';

/** One thing that somebody may do in Argo CD. */
export interface ArgoRight {
  readonly resource: string;
  readonly action: string;
  readonly object: string;
}

/** What the policy of Argo CD allows: lines of `argocd-rbac-cm` (argo-cd.readthedocs.io/en/stable/operator-manual/rbac/). */
export interface ArgoPolicy {
  readonly allowed: ReadonlyMap<string, readonly ArgoRight[]>;
  readonly denied: ReadonlyMap<string, readonly ArgoRight[]>;
  /** The roles of each subject. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
  /** What everybody has who is logged in; empty: nothing. */
  readonly byDefault: string;
}

const ALL: ArgoRight = { resource: '*', action: '*', object: '*' };
/** The roles that Argo CD has by itself (assets/builtin-policy.csv), by what they come to. */
const BUILT_IN: ReadonlyMap<string, readonly ArgoRight[]> = new Map([
  ['role:admin', [ALL]],
  ['role:readonly', [{ ...ALL, action: 'get' }]],
]);

/** Reads `policy.csv`, the policies beside it and `policy.default`. */
export function argoPolicyOf(config: Resource | undefined): ArgoPolicy {
  const data = strings(config?.at(['data']));
  const [allowed, denied, roles] = [
    new Map<string, ArgoRight[]>(),
    new Map<string, ArgoRight[]>(),
    new Map<string, string[]>(),
  ];
  const lines = Object.entries(data).flatMap(([key, text]) =>
    /^policy\.(.+\.)?csv$/.test(key) ? text.split('\n') : [],
  );
  for (const line of lines) {
    const [type, subject = '', ...rest] = line.split(',').map((part) => part.trim());
    const [resource = '', action = '', object = '', effect = 'allow'] = rest;
    const into = effect === 'deny' ? denied : allowed;
    if (type === 'p') into.set(subject, [...(into.get(subject) ?? []), { resource, action, object }]);
    if (type === 'g' && resource) roles.set(subject, [...(roles.get(subject) ?? []), resource]);
  }
  return { allowed, denied, roles, byDefault: data['policy.default'] ?? '' };
}

/** All that a subject or a role may do, by itself and by the roles that it has. */
export function argoRightsOf(
  policy: ArgoPolicy,
  subject: string,
  seen: ReadonlySet<string> = new Set(),
): readonly ArgoRight[] {
  if (seen.has(subject)) return [];
  const inner = new Set([...seen, subject]);
  return [
    ...(BUILT_IN.get(subject) ?? []),
    ...(policy.allowed.get(subject) ?? []),
    ...(policy.roles.get(subject) ?? []).flatMap((role) => argoRightsOf(policy, role, inner)),
  ];
}

/** The rights that none of others takes in. */
export function argoRightsBeyond(rights: readonly ArgoRight[], others: readonly ArgoRight[]): readonly ArgoRight[] {
  return rights.filter(
    (right) =>
      !others.some((other) =>
        (['resource', 'action', 'object'] as const).every((part) => matches(other[part], right[part])),
      ),
  );
}

/** A glob: `*` stands for any text, slashes too (util/glob). */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(text);
}

/** `sync applications shop/web`, `do everything`. */
export function argoRightText({ resource, action, object }: ArgoRight): string {
  if ([resource, action, object].every((part) => part === '*')) return 'do everything';
  return `${action === '*' ? 'do anything with' : action} ${resource === '*' ? 'everything' : resource}${object === '*' ? '' : ` ${object}`}`;
}
