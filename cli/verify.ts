import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../checks/check';
import type { Finding } from '../checks/finding';
import { exitCodeOf, report } from '../checks/finding';
import { checks as allChecks } from '../checks/registry';
import { judge, sorted } from '../checks/run';
import type { Suppression } from '../checks/suppress';
import { annotatedSuppressions, readSuppressions, suppress } from '../checks/suppress';
import { decode } from '../manifests/reading/file';
import { readInputs, surroundings } from '../manifests/reading/inputs';
import type { Reading, Unreadable } from '../manifests/reading/read';
import { readSources } from '../manifests/reading/read';
import { record } from '../manifests/resource';
import type { Cluster } from '../model/cluster';
import { knownNames, StrataError } from '../model/errors';
import type { Target } from '../model/target';
import { planTarget } from '../render/plan';
import { INDEX_FILE } from '../render/tree';
import { formats } from '../report/formats';
import { Facts } from '../world/facts';
import { World } from '../world/world';
import { checkCalled, explainCheck } from './checks';
import { factsOf } from './cluster-facts';
import type { Composition } from './command';
import { projectFrames } from './frames';
import type { Run } from './options/table';
import type { verify } from './tables';

/** Manifests that belong to one cluster, and what is known of it. */
interface Render {
  readonly reading: Reading;
  readonly cluster: Cluster | undefined;
  readonly previous: readonly string[];
  /** Of our own render: where an object was made. */
  readonly originOf: (object: string) => readonly string[] | undefined;
}

export const command: Run<typeof verify> = (composition, { values, words }, host) => {
  if (values.explain !== undefined) {
    explainCheck(checkCalled(values.explain), host);
    return 0;
  }
  const { all, format } = values;
  const stated = values.kubernetes === undefined ? undefined : versionIn(values.kubernetes);
  const checks = chosen(values.only, values.skip);

  const named = composition.matrix.clusters.find(({ name }) => name === values.cluster);
  let kubernetes = stated ?? named?.kubernetes;
  const unreadable: Unreadable[] = [];
  const skipped: string[] = [];
  const readAt = (paths: readonly string[]): Reading => {
    const inputs = readInputs(paths, { ...surroundings, readerFile: host.readerFile, kubernetes });
    unreadable.push(...inputs.unreadable);
    skipped.push(...inputs.skipped);
    return { ...inputs, unreadable: [] };
  };
  const objectsAt = (paths: readonly string[]) => readAt(paths).resources;

  const given =
    values.cluster !== undefined && !named
      ? objectsAt([
          existing(
            '--cluster',
            values.cluster,
            composition.matrix.clusters.map(({ name }) => name),
          ),
        ])
      : undefined;
  kubernetes ??= new Facts(given ?? []).kubernetes;
  const declared = values.declare && objectsAt(values.declare.map((path) => existing('--declare', path)));
  const suppressions = (values.suppress ?? []).flatMap((file) =>
    suppressionsIn(existing('--suppress', file), unreadable),
  );
  const previous = values.previous === undefined ? [] : [existing('--previous', values.previous)];

  const { targets, paths } = whatToJudge(composition, words);
  const renders: Render[] = targets.map((target) => ({
    ...rendered(composition, target),
    previous: previous.map((path) => join(path, target.path)).filter((path) => existsSync(path)),
  }));
  const trees = paths.map((path) => ({ path, targets: targetsIn(path) }));
  const together = trees.flatMap(({ path, targets: own }) => (own.length > 0 ? [] : [path]));
  const read = (at: readonly string[], cluster: Cluster | undefined, before: readonly string[]): Render => ({
    reading: readAt(at),
    cluster,
    previous: before,
    originOf: () => undefined,
  });
  if (together.length > 0) renders.unshift(read(together, undefined, previous));
  for (const { path, targets: own } of trees) {
    for (const target of own)
      renders.push(
        read(
          [join(path, target)],
          composition.matrix.clusters.find(({ name }) => target.startsWith(`${name}/`)),
          previous.map((before) => join(before, target)).filter((before) => existsSync(before)),
        ),
      );
    const others =
      own.length > 0
        ? readdirSync(path).filter(
            (name) => name !== INDEX_FILE && !own.some((target) => target.startsWith(`${name}/`)),
          )
        : [];
    if (others.length > 0)
      renders.push(
        read(
          others.map((name) => join(path, name)),
          undefined,
          [],
        ),
      );
  }

  const findings: Finding[] = [];
  const written: Suppression[] = [];
  let objects = 0;
  for (const { reading, cluster, previous: before, originOf } of renders) {
    unreadable.push(...reading.unreadable);
    const known = named ?? (given ? undefined : cluster);
    const facts = known ? factsOf(known, reading.resources, stated) : new Facts(given ?? [], stated);
    const world = new World(
      reading.resources,
      facts,
      declared,
      before.length > 0 ? objectsAt(before) : undefined,
      reading.documents,
    );
    objects += reading.resources.length;
    written.push(...annotatedSuppressions(world));
    for (const finding of judge(world, checks)) {
      // Finding places in sources takes a twentieth of a second, and the short text shows them for breakage alone.
      const isShown = finding.verdict === 'fail' && (finding.severity === 'will-break' || all || format !== 'text');
      const origin = isShown ? originOf(finding.object) : undefined;
      findings.push(origin === undefined ? finding : { ...finding, origin });
    }
  }
  const left = suppress(
    findings,
    [...suppressions, ...written],
    checks.map(({ id }) => id),
    allChecks.map(({ id }) => id),
  );
  const said = report(sorted(left.findings), unreadable, {
    objects,
    checks: checks.length,
    suppressed: left.suppressed,
    skipped: skipped.length,
  });
  host.print(formats[format](said, { all, checks, color: host.terminal === true && !host.env['NO_COLOR'] }));
  return exitCodeOf(said);
};

/** `1.31`, also where somebody says `v1.31.2`. */
function versionIn(text: string): string {
  const version = /^v?(1\.\d+)(\.\d+.*)?$/.exec(text)?.[1];
  if (version === undefined)
    throw new StrataError(`--kubernetes ${text}`, 'is no Kubernetes version', ['say it like 1.31']);
  return version;
}

function chosen(only: readonly string[] | undefined, skip: readonly string[] | undefined): readonly Check[] {
  const skipped = new Set((skip ?? []).map(checkCalled));
  const wanted = new Set(only?.map(checkCalled) ?? allChecks);
  const left = allChecks.filter((check) => wanted.has(check) && !skipped.has(check));
  if (left.length === 0)
    throw new StrataError('--only and --skip', 'leave no check', ['name a check with --only', 'skip fewer']);
  return left;
}

function existing(option: string, path: string, names: readonly string[] = []): string {
  if (existsSync(path)) return path;
  throw new StrataError(
    `${option} ${path}`,
    names.length > 0 ? 'is neither a file or folder nor the name of a cluster' : 'does not exist',
    names.length > 0
      ? [`name a cluster: ${knownNames(path, names)}`, 'name a file that exists']
      : ['name a file or folder that exists'],
  );
}

/** Without arguments every target; names of targets and paths may be mixed. */
function whatToJudge<P>(
  { matrix }: Composition<P>,
  positionals: readonly string[],
): { readonly targets: readonly Target<P>[]; readonly paths: readonly string[] } {
  if (positionals.length === 0) return { targets: matrix.targets(), paths: [] };
  const isPath = (argument: string) => argument === '-' || existsSync(argument);
  const names = positionals.filter((argument) => !isPath(argument));
  for (const name of names) {
    if (name.includes('@')) continue;
    const known = matrix.targets().map((target) => target.name);
    throw new StrataError(name, 'is neither a file or folder nor a target', [
      'name a file or folder that exists',
      `name a target: ${knownNames(name, known)}`,
    ]);
  }
  return { targets: names.length > 0 ? matrix.targets(names) : [], paths: positionals.filter(isPath) };
}

/** The targets of a tree that `strata render` wrote: each goes to a cluster of its own. */
function targetsIn(path: string): string[] {
  const file = join(path, INDEX_FILE);
  if (!existsSync(file)) return [];
  try {
    const index = record(JSON.parse(readFileSync(file, 'utf8')));
    return Object.keys(record(index?.['targets']) ?? {}).filter((target) => existsSync(join(path, target)));
  } catch {
    // Somebody else's file of this name.
    return [];
  }
}

/** A target, rendered without being written; its files are called as `strata render` would call them. */
function rendered<P>(composition: Composition<P>, target: Target<P>): Omit<Render, 'previous'> {
  const { files } = planTarget(target, composition.compose(target));
  let stacks: ReadonlyMap<string, string> | undefined;
  return {
    reading: readSources(files.map(({ path, text }) => ({ file: `dist/${target.path}/${path}`, text }))),
    cluster: target.cluster,
    originOf: (object) => {
      const frames = projectFrames((stacks ??= composition.origins(target)).get(object) ?? '');
      return frames.length > 0 ? frames : undefined;
    },
  };
}

function suppressionsIn(file: string, unreadable: Unreadable[]): readonly Suppression[] {
  const source = decode(file, surroundings.read(file));
  const read = 'reason' in source ? { suppressions: [], unreadable: [source] } : readSuppressions(source);
  unreadable.push(...read.unreadable);
  return read.suppressions;
}
