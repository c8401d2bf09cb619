import { Inputs } from '../checks/inputs';
import { acceptanceOf } from '../diff/accepted';
import type { Fleet } from '../diff/fleet/fleet';
import { fleetOf } from '../diff/fleet/fleet-of';
import type { HandedOver } from '../diff/retired';
import { asDelivered, leadsTo } from '../diff/retired';
import type { RiskClass } from '../diff/risk/classes';
import { byNumber, firstNames } from '../diff/risk/plural';
import type { DeliveredWorld } from '../diff/risk/risk';
import { targetChange } from '../diff/target-change';
import { systemAccess } from '../manifests/reading/inputs';
import { readSources } from '../manifests/reading/read';
import { StrataError } from '../model/errors';
import type { Target } from '../model/target';
import type { PublishedTree } from '../publish/branch-plan';
import { commitMessage } from '../report/diff/commit';
import { gateOf, gateText } from '../report/diff/gate';
import { World } from '../world/world';
import { clusterGiven } from './cluster-given';
import type { Host, Project } from './command';
import { livedWithIn } from './configured';
import { acceptedRisks, today } from './diff/accepted';
import { DELIVERY } from './diff/sides';
import { withPublishedCauses } from './published-causes';
import { takenBack } from './published-order';
import { targetAtPath } from './tree';

/** What a commit to the GitOps repository changes: its message, and whether it is let through. */
export function publishedChanges<P>(
  project: Project<P>,
  {
    'fail-on': limit,
    accepted,
    config,
  }: {
    readonly 'fail-on': RiskClass | undefined;
    readonly accepted: string | undefined;
    readonly config?: string | undefined;
  },
  host: Host,
) {
  const { matrix, root } = project;
  const targets = matrix.targets();
  const inputs = new Inputs(systemAccess, host.progress);
  const { factsFor } = clusterGiven(() => matrix.clusters, { cluster: undefined }, inputs);
  const livedWith = livedWithIn(config);
  const unreadable: string[] = [];
  const worldOf = (texts: ReadonlyMap<string, string>, target: Target<P> | undefined) => {
    const read = readSources([...texts].map(([file, text]) => ({ file, text })));
    const { resources, documents } = read;
    const gaps = read.unreadable.filter(({ foreign }) => foreign !== true);
    unreadable.push(...gaps.map(({ file, line }) => `${file}:${line}`));
    return new World(resources, factsFor(resources, target?.cluster), undefined, undefined, documents, undefined, gaps);
  };
  const fleetIn = (before: PublishedTree, after: PublishedTree, files: readonly string[]): Fleet => {
    const paths = [
      ...new Set([...Object.keys(before.index?.targets ?? {}), ...Object.keys(after.index?.targets ?? {})]),
    ];
    const trees = [before, after] as const;
    let known: HandedOver | undefined;
    const handedOver = () => {
      if (known) return known;
      const [old, now] = trees.map((tree) => {
        const delivery = tree.index?.delivery ?? [];
        return delivery.length === 0 ? undefined : worldOf(textsOf(tree, delivery), undefined);
      });
      return (known = { before: old, after: now });
    };
    const changes = paths.sort().flatMap((path) => {
      if (!files.some((file) => file.startsWith(`${path}/`))) return [];
      const [was, is] = [filesIn(before, path), filesIn(after, path)];
      const target = targets.find((each) => each.path === path);
      host.progress?.(`comparing ${target?.name ?? path}`);
      const [old, now] = [was && worldOf(was, target), is && worldOf(is, target)];
      const change = targetChange(target?.name ?? targetAtPath(path), old, now, undefined, livedWith);
      return [asDelivered(change, path, handedOver)];
    });
    const isDelivered = files.some((file) => trees.some(({ index }) => index?.delivery?.includes(file)));
    const delivered: DeliveredWorld = (path, side) => {
      const tree = side === 'before' ? before : after;
      const own = Object.keys(tree.index?.targets ?? {}).find((each) => leadsTo(path, each));
      const files = own === undefined ? undefined : filesIn(tree, own);
      return (
        files &&
        worldOf(
          files,
          targets.find((each) => each.path === own),
        )
      );
    };
    const ofDelivery = () =>
      targetChange(DELIVERY, handedOver().before, handedOver().after, undefined, undefined, delivered);
    const all = [...changes, ...(isDelivered ? [ofDelivery()] : [])];
    return withPublishedCauses(fleetOf(all, { beside: [DELIVERY] }), before, project, host);
  };
  const known = new WeakMap<PublishedTree, Fleet>();
  const fleet: typeof fleetIn = (before, after, files) => {
    const found = known.get(after) ?? fleetIn(before, after, files);
    known.set(after, found);
    return found;
  };
  const acceptance = (change: Fleet) => acceptanceOf(change, acceptedRisks(root, accepted), today());
  const refused = { code: 0 };
  const noted = new Set<string | undefined>();
  return {
    /** 1 when a change is refused. */
    refused,
    message: (before: PublishedTree, after: PublishedTree, files: readonly string[]) =>
      commitMessage(fleet(before, after, files), files, acceptance(fleet(before, after, files)).accepted),
    refuse: (before: PublishedTree, after: PublishedTree, files: readonly string[]): StrataError | undefined => {
      const paths = Object.keys(before.index?.targets ?? {}).filter((path) =>
        files.some((file) => file.startsWith(`${path}/`)),
      );
      const note = takenBack(before, paths, root, host.env ?? {});
      if (note !== undefined && !noted.has(note)) host.printError(`note: ${note}`);
      noted.add(note);
      if (limit === undefined) return undefined;
      const change = fleet(before, after, files);
      const gate = gateOf(change, limit, acceptance(change));
      const isRefused = gate.refused.length + gate.unknown > 0;
      // Nobody has seen the difference yet: what the commit would have said of it stands before the marks.
      if (isRefused && gate.refused.length > 0)
        for (const line of commitMessage(change, files).split('\n')) host.printError(line);
      for (const line of gateText(gate)) host.printError(line);
      if (!isRefused) return undefined;
      refused.code = 1;
      if (gate.refused.length === 0)
        return new StrataError('strata publish', 'cannot tell what changes: a file in the repository cannot be read', [
          `restore it there: ${unreadable.join(', ')}`,
          'publish without --fail-on: the files are then written anew',
        ]);
      const rules = [...new Set(gate.refused.flatMap((each) => each.rules))];
      const by = rules.length === 0 ? '' : ` by ${byNumber(rules.length, 'rule', 'rules')} ${firstNames(rules)}`;
      return new StrataError(
        'strata publish',
        `the change is of class ${limit} or worse${by}, so nothing is published`,
        [
          'let through what is meant: put its lines from above into accepted-risks.yaml, with the reason, and commit that',
          'take the change back, or a part of it',
          `read why it is so: docs/risks.md${rules.length > 0 ? `#${rules[0]}` : ''}`,
        ],
      );
    },
  };
}

/** The files of a target; undefined where the tree does not have it. */
function filesIn(tree: PublishedTree, path: string): ReadonlyMap<string, string> | undefined {
  const objects = tree.index?.targets[path]?.objects;
  return objects && textsOf(tree, [...new Set(objects.map(({ file }) => `${path}/${file}`))]);
}

function textsOf(tree: PublishedTree, files: readonly string[]): ReadonlyMap<string, string> {
  tree.read(files);
  return new Map(files.flatMap((file) => (tree.text(file) === undefined ? [] : [[file, tree.text(file)!] as const])));
}
