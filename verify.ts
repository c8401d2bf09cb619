/** The verifier as a function: what `strata verify` and `strata flows` say, for programs. */

import { chosenChecks } from './checks/choose';
import type { Report } from './checks/finding';
import { Inputs } from './checks/inputs';
import { existing } from './checks/paths';
import { checks } from './checks/registry';
import type { ManifestSet } from './checks/sets';
import { setsAt } from './checks/sets';
import type { Subject } from './checks/verify';
import { verify as judged } from './checks/verify';
import { systemAccess } from './manifests/reading/inputs';
import { readSources } from './manifests/reading/read';
import type { Cluster } from './model/cluster';
import type { Composition } from './model/composition';
import { StrataError } from './model/errors';
import type { KubernetesVersion } from './model/kubernetes-version';
import { isKnownKubernetes, NEWEST_KUBERNETES, OLDEST_KUBERNETES } from './model/kubernetes-version';
import type { SecretOutline } from './model/secret-contract';
import { planTarget } from './render/plan';
import { readWanted } from './simulate/network/ends';
import type { Flow } from './simulate/network/flows';
import { flowsOf } from './simulate/network/flows';
import { factsOf, factsOfDump } from './world/cluster-facts';
import { expectedResources } from './world/expected-secrets';
import { World } from './world/world';

export type { Report, ReportedFinding, Summary } from './checks/finding';
export type { Flow } from './simulate/network/flows';

/** The manifests to judge: files and folders, a text of YAML, objects, or all of them together. */
export interface GivenManifests {
  readonly paths?: readonly string[];
  readonly text?: string;
  readonly objects?: readonly object[];
  /** Secrets that somebody else makes, and their keys. @default - what the index of a rendered tree says, where `paths` are of one */
  readonly secrets?: readonly SecretOutline[];
  /** The cluster that they go to. @default - unknown: what depends on it is unknown, too */
  readonly cluster?: Cluster;
  /** @default - the cluster's, else any */
  readonly kubernetes?: KubernetesVersion;
  /** They are all there is, beside what every cluster has. @default false */
  readonly complete?: boolean;
}

export interface ChecksWanted {
  /** Checks and groups of checks to run. @default - all */
  readonly only?: readonly string[];
  /** Checks and groups of checks to leave out. @default - none */
  readonly skip?: readonly string[];
}

/** Judges manifests; findings are sorted, and what could not be read stands in `unreadable`. */
export function verifyManifests(manifests: GivenManifests, { only, skip }: ChecksWanted = {}): Report {
  const inputs = new Inputs(systemAccess, undefined);
  return judged(subjectsOf(manifests, inputs), inputs, {
    checks: chosenChecks(checks, only, skip),
    known: checks.map(({ id }) => id),
    suppressions: [],
    showsOrigin: () => false,
  });
}

/** The manifests of a target, as `strata render` writes them; `name` is like `dev@kind`. */
export function renderedManifests<P>(
  composition: Composition<P>,
  name: string,
): Required<Pick<GivenManifests, 'text' | 'cluster' | 'secrets'>> {
  const [target] = composition.matrix.targets([name]);
  const { files, secrets } = planTarget(target!, composition.compose(target!));
  return { text: files.map(({ text }) => text).join('---\n'), cluster: target!.cluster, secrets };
}

/** Who may connect to whom; `from` and `to` as for `strata flows`: a part of a workload's name, `outside`, an address. */
export function flows(
  manifests: GivenManifests,
  asked: { readonly from?: string; readonly to?: string } = {},
): readonly Flow[] {
  const inputs = new Inputs(systemAccess, undefined);
  for (const path of manifests.paths ?? []) if (path !== '-') existing('paths:', path);
  const subjects = subjectsOf(manifests, inputs);
  const [unreadable] = inputs.unreadable;
  if (unreadable)
    throw new StrataError(`${unreadable.file}:${unreadable.line}`, unreadable.reason, ['mend the YAML there']);
  const [{ manifests: read, facts, declared }, ...others] = subjects;
  if (others.length > 0)
    throw new StrataError(
      `paths: ${manifests.paths?.join(', ')}`,
      `there are ${subjects.length} ways to build the same objects, which are never in a cluster together`,
      ['name the paths of one of them, such as one overlay'],
    );
  return [
    ...flowsOf(new World(read.resources, facts, declared), {
      ...(asked.from === undefined ? {} : { from: readWanted(asked.from) }),
      ...(asked.to === undefined ? {} : { to: readWanted(asked.to) }),
    }),
  ];
}

/**
 * What is judged together, as `strata verify` does: each target of a rendered tree by itself, and overlays that build the same objects in
 * different ways. Texts and objects belong to whatever stands at the paths beside such a tree.
 */
function subjectsOf(
  { paths = [], text, objects, secrets, cluster, kubernetes, complete = false }: GivenManifests,
  inputs: Inputs,
): [Subject, ...Subject[]] {
  if (kubernetes !== undefined) checkKubernetes(kubernetes);
  const sets = [...setsAt(paths, inputs, kubernetes ?? cluster?.kubernetes)];
  const more = readSources([
    ...(text === undefined ? [] : [{ file: 'manifests.yaml', text }]),
    ...(objects === undefined
      ? []
      : [{ file: 'objects.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }]),
  ]);
  const made: Judged = { manifests: inputs.add(more), expected: [], unread: more.unreadable };
  const beside = sets.filter(({ cluster }) => cluster === undefined).map((set) => together(set, made));
  const ofTargets = sets.filter(({ cluster }) => cluster !== undefined);
  const isMore = more.resources.length > 0 || ofTargets.length === 0;
  const [first = made, ...others] = [...beside, ...(beside.length === 0 && isMore ? [made] : []), ...ofTargets];
  const subject = ({ manifests, expected, unread }: Judged): Subject => ({
    manifests,
    facts: (cluster
      ? factsOf(cluster, manifests.resources, kubernetes)
      : factsOfDump(manifests.resources, kubernetes, complete)
    ).with(secrets === undefined ? expected : expectedResources(secrets, 'secrets')),
    declared: complete ? [] : undefined,
    previous: undefined,
    unread: unread.filter(({ foreign }) => foreign !== true),
  });
  return [subject(first), ...others.map(subject)];
}

type Judged = Pick<ManifestSet, 'manifests' | 'expected' | 'unread'>;

function together(a: Judged, b: Judged): Judged {
  return {
    manifests: {
      resources: [...a.manifests.resources, ...b.manifests.resources],
      documents: [...a.manifests.documents, ...b.manifests.documents],
    },
    expected: [...a.expected, ...b.expected],
    unread: [...a.unread, ...b.unread],
  };
}

function checkKubernetes(version: KubernetesVersion): void {
  if (/^1\.\d+$/.test(version) && isKnownKubernetes(version)) return;
  throw new StrataError(`kubernetes: ${JSON.stringify(version)}`, 'is no version of Kubernetes that is known', [
    `write a version from '${OLDEST_KUBERNETES}' to '${NEWEST_KUBERNETES}', such as '${NEWEST_KUBERNETES}'`,
  ]);
}
