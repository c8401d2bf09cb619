import { deliveryFacts } from '../model/delivered';
import { StrataError } from '../model/errors';
import type { Component, KubernetesObject } from '../model/kubernetes';
import { groupOf } from '../model/kubernetes';
import type { Target } from '../model/target';
import { keepEarlierConfigs } from './history';
import type { PlannedFile, PlannedTarget } from './plan';
import { planTarget } from './plan';
import type { IndexedTarget, Tree, TreeIndex } from './tree';
import { INDEX_FILE } from './tree';

export interface TreeRequest<T extends Target> {
  /** Every target of the matrix: what else stands in the tree is an orphan and goes. */
  readonly targets: readonly T[];
  /** The names of those to render; the others stay as they are. @default - all */
  readonly only?: readonly string[];
  /** A target's objects. */
  readonly compose: (target: T) => readonly Component[];
  /** Files beside the targets, made from all that is rendered: what hands them to Argo CD. */
  readonly deliver: (targets: readonly T[], index: TreeIndex) => readonly PlannedFile[];
  /** The index of the tree that is replaced. @default - there is none */
  readonly standing?: TreeIndex | undefined;
  /** The objects of a target in that tree. @default - none are known */
  readonly standingObjects?: (target: T) => readonly KubernetesObject[];
  /** The objects of a target that are live now: earlier versions of its hashed configs are kept. @default - none are */
  readonly earlier?: (target: T, components: readonly Component[]) => readonly KubernetesObject[];
}

export interface RenderSummary {
  /** `kept`: not named in `only`, so its files stay as they were. */
  readonly targets: readonly { readonly target: string; readonly objects: number; readonly kept: boolean }[];
}

/** A tree to be, and what it was made of. */
export interface TreePlan<T extends Target> extends Tree {
  readonly index: TreeIndex;
  /** The targets that were rendered. */
  readonly rendered: readonly { readonly target: T; readonly planned: PlannedTarget }[];
  readonly summary: RenderSummary;
}

/** Plans the files of a whole tree and touches none: they are swapped into a folder, or committed. */
export function planTree<T extends Target>(request: TreeRequest<T>): TreePlan<T> {
  const { targets, only, standing: old } = request;
  const names = only?.length ? new Set(only) : undefined;
  const files = new Map<string, string>();
  const kept = new Set<T>();
  const keptFolders: string[] = [];
  const index: Record<string, IndexedTarget> = {};
  const inTree: T[] = [];
  const rendered: { readonly target: T; readonly planned: PlannedTarget }[] = [];
  for (const target of targets) {
    const { path } = target;
    const standing = old?.targets[path];
    const asked = names?.has(target.name) ?? true;
    if (!asked && !standing) continue;
    inTree.push(target);
    if (standing && !asked) {
      kept.add(target);
      // One without objects has no folder.
      if (standing.objects.length > 0) keptFolders.push(path);
      // A tree of before does not have the facts.
      index[path] = { ...standing, facts: standing.facts ?? deliveryFacts(request.standingObjects?.(target) ?? []) };
      continue;
    }
    const components = request.compose(target);
    const all =
      request.earlier === undefined ? components : keepEarlierConfigs(components, request.earlier(target, components));
    const planned = planTarget(target, all);
    rendered.push({ target, planned });
    for (const file of planned.files) files.set(`${path}/${file.path}`, file.text);
    const facts = deliveryFacts(all.flatMap(({ objects }) => objects));
    index[path] = {
      objects: planned.objects,
      facts,
      ...(planned.secrets.length > 0 ? { secrets: planned.secrets } : {}),
    };
  }
  refuseSharedObjects(inTree, index);
  const tree: TreeIndex = { targets: index };
  const delivery = request.deliver(inTree, tree);
  for (const file of delivery) files.set(file.path, file.text);
  const whole = { ...tree, delivery: delivery.map(({ path }) => path) };
  files.set(INDEX_FILE, indexText(whole));
  return {
    files,
    keptFolders,
    index: whole,
    rendered,
    summary: {
      targets: inTree.map((target) => ({
        target: target.name,
        objects: index[target.path]!.objects.length,
        kept: kept.has(target),
      })),
    },
  };
}

/** Without a target every tree would be an orphan. */
export function refuseNoTargets(targets: readonly Target[]): void {
  if (targets.length === 0)
    throw new StrataError('environments/matrix.ts', 'the matrix has no target, so there is nothing to render', [
      'add target(environment, cluster, [...]) to it',
    ]);
}

/** Two targets of one cluster that render the same object would overwrite each other for ever. */
export function refuseSharedObjects(
  targets: readonly Target[],
  index: Readonly<Record<string, Pick<IndexedTarget, 'objects'>>>,
): void {
  const owners = new Map<string, string>();
  for (const target of targets) {
    for (const entry of index[target.path]!.objects) {
      const name = [entry.kind, entry.namespace, entry.name].filter(Boolean).join('/');
      const identity = `${target.cluster.name} ${groupOf(entry.apiVersion)}/${name}`;
      const owner = owners.get(identity);
      if (owner !== undefined) {
        throw new StrataError(
          `${owner} and ${target.name}`,
          `both render ${name}, and they stand on the same cluster`,
          [
            'switch the feature that brings it on in one of the two only',
            'give the object the name of its namespace as a prefix',
          ],
        );
      }
      owners.set(identity, target.name);
    }
  }
}

function lines(entries: readonly object[]): string {
  return `[\n${entries.map((entry) => `      ${JSON.stringify(entry)}`).join(',\n')}\n    ]`;
}

/** A line per object, so that a difference of the index reads like a list of what changed. */
function indexText(index: TreeIndex): string {
  const targets = Object.entries(index.targets).map(
    ([path, { objects, facts, secrets }]) =>
      `    ${JSON.stringify(path)}: { "objects": ${lines(objects)}, "facts": ${JSON.stringify(facts)}${secrets ? `, "secrets": ${lines(secrets)}` : ''} }`,
  );
  const delivery = (index.delivery ?? []).map((path) => `    ${JSON.stringify(path)}`);
  return `{\n  "targets": {\n${targets.join(',\n')}\n  },\n  "delivery": [\n${delivery.join(',\n')}\n  ]\n}\n`;
}
