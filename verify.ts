/** The verifier as a function: what `strata verify` and `strata flows` say, for programs. */

import { chosenChecks } from './checks/choose';
import { expectedIn } from './checks/expected';
import type { Report } from './checks/finding';
import type { Manifests } from './checks/inputs';
import { Inputs } from './checks/inputs';
import { existing } from './checks/paths';
import { checks } from './checks/registry';
import { variantsOf } from './checks/variants';
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

/** What is judged together: overlays that build the same objects in different ways are judged apart, as `strata verify` does. */
function subjectsOf(
  { paths = [], text, objects, secrets = expectedIn(paths), cluster, kubernetes, complete = false }: GivenManifests,
  inputs: Inputs,
): [Subject, ...Subject[]] {
  if (kubernetes !== undefined) checkKubernetes(kubernetes);
  const read = inputs.read(paths, kubernetes ?? cluster?.kubernetes);
  const texts = [
    ...(text === undefined ? [] : [{ file: 'manifests.yaml', text }]),
    ...(objects === undefined
      ? []
      : [{ file: 'objects.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }]),
  ];
  const made = inputs.add(readSources(texts));
  const manifests = {
    resources: [...read.resources, ...made.resources],
    documents: [...read.documents, ...made.documents],
  };
  const subject = (variant: Manifests): Subject => ({
    manifests: variant,
    facts: (cluster
      ? factsOf(cluster, variant.resources, kubernetes)
      : factsOfDump(variant.resources, kubernetes, complete)
    ).with(expectedResources(secrets, 'secrets')),
    declared: complete ? [] : undefined,
    previous: undefined,
    unread: inputs.unreadable.filter(({ foreign }) => foreign !== true),
  });
  const [first = manifests, ...others] = variantsOf(manifests, read.built);
  return [subject(first), ...others.map(subject)];
}

function checkKubernetes(version: KubernetesVersion): void {
  if (/^1\.\d+$/.test(version) && isKnownKubernetes(version)) return;
  throw new StrataError(`kubernetes: ${JSON.stringify(version)}`, 'is no version of Kubernetes that is known', [
    `write a version from '${OLDEST_KUBERNETES}' to '${NEWEST_KUBERNETES}', such as '${NEWEST_KUBERNETES}'`,
  ]);
}
