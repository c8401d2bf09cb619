import type { Resource } from '../../manifests/resource';
import { string } from '../../manifests/resource';
import type { FieldChange } from '../field-change';
import type { ObjectChange } from '../object-change';
import { fieldAt } from './paths';

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

/** A setting of Argo CD that opens something, and did not on the other side. */
export interface OpenedSwitch {
  readonly name: string;
  /** Its value where it opens. */
  readonly is: string;
  /** What holds then. */
  readonly text: string;
  readonly field: FieldChange | undefined;
}

/** The settings that open something in one state of a ConfigMap of Argo CD and not in the other one. */
export function* argoSwitches(
  change: ObjectChange,
  closed: Resource | undefined,
  open: Resource | undefined,
): Iterable<OpenedSwitch> {
  const data = (resource: Resource | undefined) =>
    Object.entries((resource?.at(['data']) ?? {}) as Record<string, unknown>);
  const named = [closed, open].flatMap((resource) => data(resource).map(([name]) => name));
  for (const { config, key, opens, byDefault, text } of SWITCHES) {
    if ((open ?? closed)?.name !== config) continue;
    for (const name of new Set(named.filter((each) => key.test(each)))) {
      const of = (resource: Resource | undefined) => string(resource?.at(['data', name]))?.trim() ?? byDefault;
      const [was, is] = [of(closed), of(open)];
      // A new installation has its defaults.
      if (was === is || !opens.test(is) || (opens.test(was) && opens.source !== '.')) continue;
      if (!closed && is === byDefault) continue;
      yield { name, is, text, field: fieldAt(change, ['data', name]) ?? fieldAt(change, ['data']) };
    }
  }
}

/** The ConfigMaps that Argo CD reads anew as soon as they change; those beside them only when it starts. */
export const WATCHED_BY_ARGOCD: ReadonlySet<string> = new Set(['argocd-cm', 'argocd-rbac-cm']);
