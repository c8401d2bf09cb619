import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import type { ObjectChange } from '../../object-change';
import type { ArgoPolicy, ArgoRight } from '../argocd-policy';
import { argoPolicyOf, argoRightsBeyond, argoRightsOf, argoRightText } from '../argocd-policy';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { firstTexts } from '../plural';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const rbac = (role: string, csv = 'g, admins, role:admin') => `
apiVersion: v1
kind: ConfigMap
metadata: { name: argocd-rbac-cm, namespace: argocd, labels: { app.kubernetes.io/part-of: argocd } }
data: { policy.default: '${role}', policy.csv: '${csv}' }
`;

export default riskRule({
  id: 'argocd-widened',
  class: 'privilege',
  description: 'settings of Argo CD by which somebody may do more, or is let in without a login',
  reason:
    'Argo CD applies with rights that are mostly those of the whole cluster: who may sync, override or create an Application, or open a shell by it, has them too.',
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/rbac/',
  advice:
    'give the role to the group that needs it, for its own projects, and leave policy.default empty or at role:readonly',
  example: {
    before: rbac('role:readonly'),
    after: rbac('role:admin'),
    finds: ['ConfigMap/argocd/argocd-rbac-cm data["policy.default"]'],
    harmless: rbac('', 'g, admins, role:admin'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'ConfigMap')) {
      const { after, before } = change;
      if (change.does === 'removed' || !after) continue;
      if (after.name === 'argocd-rbac-cm') yield* ofPolicy(change, before, after);
      for (const setting of SWITCHES) if (after.name === setting.config) yield* ofSwitch(change, setting);
    }
  },
});

interface ArgoSwitch {
  readonly config: string;
  readonly key: RegExp;
  /** The value that opens. */
  readonly opens: RegExp;
  /** What holds where nothing is said. */
  readonly byDefault: string;
  readonly text: string;
}

/** Settings that open something by themselves: argo-cd.readthedocs.io/en/stable/operator-manual/argocd-cm-yaml and argocd-cmd-params-cm-yaml. */
const SWITCHES: readonly ArgoSwitch[] = [
  {
    ...{ config: 'argocd-cm', key: /^users\.anonymous\.enabled$/, opens: /^true$/, byDefault: 'false' },
    text: 'nobody has to log in any more: whoever reaches Argo CD has what policy.default allows',
  },
  {
    ...{ config: 'argocd-cm', key: /^exec\.enabled$/, opens: /^true$/, byDefault: 'false' },
    text: 'whoever may exec in Argo CD gets a shell in the pods of its Applications',
  },
  {
    ...{ config: 'argocd-cm', key: /^admin\.enabled$/, opens: /^true$/, byDefault: 'true' },
    text: 'the account admin may log in, with every right',
  },
  {
    ...{ config: 'argocd-cm', key: /^accounts\.[^.]+$/, opens: /login|apiKey/, byDefault: '' },
    text: 'a local account may log in or have tokens',
  },
  {
    ...{ config: 'argocd-cmd-params-cm', key: /^server\.disable\.auth$/, opens: /^true$/, byDefault: 'false' },
    text: 'nobody has to log in any more: whoever reaches Argo CD may do everything',
  },
  {
    ...{ config: 'argocd-cmd-params-cm', key: /^server\.insecure$/, opens: /^true$/, byDefault: 'false' },
    text: 'its server answers without TLS: whoever is on the way reads passwords and tokens',
  },
  {
    ...{ config: 'argocd-cmd-params-cm', key: /^application\.namespaces$/, opens: /./, byDefault: '' },
    text: 'whoever may write Applications in these namespaces may deploy by Argo CD',
  },
];

function* ofSwitch(change: ObjectChange, { key, opens, byDefault, text }: ArgoSwitch): Iterable<FoundRisk> {
  const data = (resource: Resource | undefined) =>
    Object.entries((resource?.at(['data']) ?? {}) as Record<string, unknown>);
  const named = [change.before, change.after].flatMap((resource) => data(resource).map(([name]) => name));
  for (const name of new Set(named.filter((each) => key.test(each)))) {
    const of = (resource: Resource | undefined) => string(resource?.at(['data', name]))?.trim() ?? byDefault;
    const [was, is] = [of(change.before), of(change.after)];
    // A new installation has its defaults.
    if (was === is || !opens.test(is) || (opens.test(was) && opens.source !== '.')) continue;
    if (!change.before && is === byDefault) continue;
    yield {
      change,
      field: fieldAt(change, ['data', name]) ?? fieldAt(change, ['data']),
      message: `${name} is ${is}: ${text}`,
      advice: 'leave it as it was, unless this is meant for everybody who reaches Argo CD',
    };
  }
}

function* ofPolicy(change: ObjectChange, before: Resource | undefined, after: Resource): Iterable<FoundRisk> {
  const [was, is] = [argoPolicyOf(before), argoPolicyOf(after)];
  const field = (key: string) =>
    fieldAt(change, ['data', key]) ??
    change.fields.find(({ path }) => /^policy\..*csv$/.test(String(path[1]))) ??
    fieldAt(change, ['data']);
  const everybody = argoRightsBeyond(argoRightsOf(is, is.byDefault), argoRightsOf(was, was.byDefault));
  if (everybody.length > 0 && (was.byDefault !== is.byDefault || !before))
    yield {
      change,
      field: field('policy.default'),
      message: `everybody who is logged in has ${is.byDefault}, and may ${rightsText(everybody)}`,
    };
  for (const subject of new Set([...is.allowed.keys(), ...is.roles.keys()])) {
    // Who has a role that may do more is told by that role.
    const own = ownRights(is, subject, was);
    const more = argoRightsBeyond(own, argoRightsOf(was, subject));
    if (more.length > 0) yield { change, field: field('policy.csv'), message: `${subject} may ${rightsText(more)}` };
  }
  for (const [subject, rights] of was.denied) {
    const admitted = argoRightsBeyond(rights, is.denied.get(subject) ?? []);
    if (admitted.length > 0)
      yield {
        change,
        field: field('policy.csv'),
        message: `${subject} is not kept any more from this: ${rightsText(admitted)}`,
      };
  }
}

/** By its own lines, and by roles that it did not have. */
function ownRights(is: ArgoPolicy, subject: string, was: ArgoPolicy): readonly ArgoRight[] {
  const had = was.roles.get(subject) ?? [];
  const roles = (is.roles.get(subject) ?? []).filter((role) => !had.includes(role));
  return [...(is.allowed.get(subject) ?? []), ...roles.flatMap((role) => argoRightsOf(is, role))];
}

function rightsText(rights: readonly ArgoRight[]): string {
  const all = [...new Set(rights.map(argoRightText))];
  return firstTexts(all);
}
