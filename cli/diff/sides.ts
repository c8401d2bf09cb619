import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Inputs } from '../../checks/inputs';
import type { ManifestSet } from '../../checks/sets';
import { setsAt } from '../../checks/sets';
import { systemAccess } from '../../manifests/reading/inputs';
import type { Reading } from '../../manifests/reading/read';
import { readSources } from '../../manifests/reading/read';
import { StrataError } from '../../model/errors';
import type { Target } from '../../model/target';
import { expectedResources } from '../../world/expected-secrets';
import { World } from '../../world/world';
import { clusterGiven } from '../cluster-given';
import type { Host, Project } from '../command';
import { appliedIn, configured, declaredIn } from '../configured';
import type { Given } from '../options/table';
import { projectOf } from '../project';
import type { diff } from '../tables';
import { targetAtPath } from '../tree';
import { renderedApart } from './apart';
import type { ComparedSet, ComparedSide } from './compared';
import { isNothing, refuseNothing, unknownWord } from './mistyped';
import type { RenderedTexts } from './rendered';
import { renderedTexts, targetsNamed } from './rendered';
import { Repository } from './repository';
import { stateAt } from './states';
import { TwinFiles } from './twin-files';
import { matchesAny } from './words';

/** Reads what the words of `strata diff` name. */
export class Sides<P> {
  readonly inputs: Inputs;
  private readonly worldIn: (set: Omit<ManifestSet, 'name' | 'previous'>, own?: Target<P>) => World;
  private readonly twins = new TwinFiles();
  private readonly readings = new Map<string, Reading>();
  private readonly kubernetes: ReturnType<typeof clusterGiven>['kubernetes'];
  /** The targets that are compared, by their names or globs; none: all. */
  private readonly asked: readonly string[];

  constructor(
    private readonly project: Project<P>,
    given: Given<typeof diff>,
    private readonly host: Host,
    /** A folder that goes when the comparison is done. */
    private readonly temporary: string,
  ) {
    const named = given.words.filter((word) => this.isTarget(word));
    if (named.length > 0 && given.values.target)
      throw new StrataError(
        `--target ${given.values.target[0]}`,
        `means nothing where a target is named: ${named[0]}`,
        ['leave one of the two out'],
      );
    // One that is compared with something else is compared with just what that has of it.
    this.asked = given.values.target ?? (named.length === 1 ? named : []);
    const { values, config } = configured(given.values);
    const appliedTo = appliedIn(values, config);
    this.inputs = new Inputs({ ...systemAccess, readerFile: host.readerFile, memory: this.twins }, host.progress);
    const { kubernetes, factsFor } = clusterGiven(() => project.matrix.clusters, values, this.inputs);
    this.kubernetes = kubernetes;
    const declared = declaredIn(values, this.inputs);
    this.worldIn = ({ manifests: { resources, documents }, cluster, expected, unread }, target) => {
      const own = target?.cluster ?? project.matrix.clusters.find(({ name }) => name === cluster);
      const facts = factsFor(resources, own).with(expected);
      const gaps = unread.filter(({ foreign }) => foreign !== true);
      return new World(resources, facts, declared, undefined, documents, appliedTo, gaps);
    };
  }

  /** The sources as they are now, all targets or those that are asked for. */
  async workingTree(): Promise<ComparedSide> {
    return { label: 'the working tree', sets: this.rendered() };
  }

  /** The sources in another folder, such as a copy of these with something changed. */
  async sourcesAt(
    root: string,
    label: string,
    compositionIn: NonNullable<Host['compositionIn']>,
  ): Promise<ComparedSide> {
    const project = projectOf({ ...this.host, root, composition: () => inFolder(root, () => compositionIn(root)) });
    return { label, sets: await this.renderedIn(root, project as Project<P>) };
  }

  /** The sources as they are committed. */
  async head(): Promise<ComparedSide> {
    const side = await this.revision('HEAD', 'before');
    if (side) return side;
    const why = Repository.at(process.cwd()) ? 'this repository has no commit yet' : 'this is no repository of git';
    throw new StrataError('strata diff', `compares with what is committed, and ${why}`, [
      'name what to compare with: strata diff dist',
      'commit the sources once',
    ]);
  }

  /** What a word names that is compared with what comes after it: a revision may be older than the project. */
  before(word: string): Promise<ComparedSide> {
    return this.named(word, 'before');
  }

  /** What a word names: a file or folder, targets, or a revision of git. */
  async named(word: string, side: 'before' | 'after' = 'after'): Promise<ComparedSide> {
    if (word === '-' || existsSync(word)) return this.folder(word, word);
    if (this.isTarget(word)) return { label: word, sets: this.rendered([word]), areTargets: true };
    const found = await this.revision(word, side);
    if (found) return found;
    throw unknownWord(word, { targets: this.project.matrix.names, repository: Repository.at(process.cwd()) });
  }

  /** Whether a word names targets, alone or by a glob. */
  isTarget(word: string): boolean {
    return word.includes('@') && !existsSync(word) && matchesAny(word, this.project.matrix.names);
  }

  private folder(path: string, label: string): ComparedSide {
    this.twins.enter(path);
    const { unreadable } = this.inputs;
    const known = unreadable.length;
    const skipped = this.inputs.overlooked.length;
    const read = [...setsAt([path], this.inputs, this.kubernetes)];
    if (unreadable.slice(known).every((each) => isNothing(path, each))) unreadable.length = known;
    const resources = read.flatMap(({ manifests }) => manifests.resources);
    refuseNothing(label, path, resources, unreadable.slice(known));
    const overlooked = this.inputs.overlooked.slice(skipped);
    const isTree = read.some(({ cluster }) => cluster !== undefined);
    const { matrix } = this.project;
    const targets = new Map((matrix.isEmpty ? [] : matrix.targets()).map((target) => [target.path, target.name]));
    const sets = read.map((set): ComparedSet => {
      const names = set.name.split(' ').map((part) => relative(path, part));
      const key = isTree && set.cluster === undefined ? DELIVERY : names.join(' ');
      return { key, name: targets.get(key) ?? key, root: path, overlooked, world: () => this.worldIn(set) };
    });
    const isPartly = unreadable.slice(known).some(({ foreign }) => foreign !== true);
    if (!isTree) return { label, sets, arePlain: true, isPartly };
    if (this.asked.length === 0) return { label, sets };
    // Of a rendered tree only what is compared with it: else all other targets would be told as gone.
    return { label, sets: sets.filter(({ key }) => this.asked.some((word) => matchesAny(word, [targetAtPath(key)]))) };
  }

  private async revision(word: string, side: 'before' | 'after'): Promise<ComparedSide | undefined> {
    const repository = Repository.at(process.cwd());
    if (!repository) return undefined;
    if (word.includes(':')) return this.committedFiles(repository, word) ?? this.notYet(repository, word, side);
    const commit = repository.commitAt(word);
    if (commit === undefined) return undefined;
    const { compositionIn } = this.host;
    const inside = repository.pathOf(this.project.root);
    if (this.project.matrix.isEmpty || !compositionIn)
      return this.committedFiles(repository, `${commit.hash}:./`, word);
    this.host.progress?.(`reading ${word}`);
    const root = stateAt(repository, this.project.root, commit.tree);
    if (!existsSync(join(root, 'main.ts')) && side === 'before') {
      // The change that brings the project in is one like others.
      this.host.printError(`${word} holds no project at ${inside || 'its root'}: everything is new`);
      return { label: word, sets: [] };
    }
    if (!existsSync(join(root, 'main.ts')))
      throw new StrataError(word, `holds no project at ${inside || 'its root'}: there is no main.ts`, [
        'name a later revision',
        `compare files of it: ${word}:PATH`,
      ]);
    if (LOCKS.some((name) => textAt(join(root, name)) !== textAt(join(this.project.root, name))))
      this.host.printError(`${word} asks for other packages: it is rendered with those that are installed now`);
    return named(word, () => this.sourcesAt(root, word, compositionIn));
  }

  /** A folder that is there now and was not there in the revision that it is compared with came with the change. */
  private notYet(repository: Repository, word: string, side: 'before' | 'after'): ComparedSide | undefined {
    const [revision = '', ...path] = word.split(':');
    const place = path.join(':');
    const isNew = side === 'before' && /^\.{1,2}\//.test(place) && existsSync(place);
    if (!isNew || repository.commitAt(revision) === undefined) return undefined;
    this.host.printError(`${revision} holds no ${place}: everything is new`);
    return { label: word, sets: [] };
  }

  private committedFiles(repository: Repository, word: string, label = word): ComparedSide | undefined {
    const found = repository.objectAt(word, process.cwd());
    if (!found) return undefined;
    const place = join(this.temporary, found.hash);
    if (found.is === 'blob') return this.text(repository.textOf(found.hash), label, word);
    repository.writeTree(found.hash, place);
    return this.folder(place, label);
  }

  private text(text: string, label: string, path: string): ComparedSide {
    const read = readSources([{ file: label, text }]);
    refuseNothing(label, path, read.resources, read.unreadable);
    return { label, sets: [this.setOf('', label, new Map(), () => read)], arePlain: true };
  }

  private rendered(words = this.asked): ComparedSet[] {
    const { project } = this;
    const targets = targetsNamed(project, words);
    return this.setsOf(renderedTexts(project, targets, words.length === 0, this.host.progress), project, () => targets);
  }

  /** What an earlier state of the sources renders: where it can, in a process of its own, while this one goes on. */
  private async renderedIn(root: string, project: Project<P>): Promise<ComparedSet[]> {
    const words = this.asked;
    const targets = () => inFolder(root, () => targetsNamed(project, words));
    const { rendererFile, progress } = this.host;
    if (!rendererFile) {
      const texts = inFolder(root, () => renderedTexts(project, targets(), words.length === 0, progress));
      return this.setsOf(texts, project, targets);
    }
    const texts = renderedApart(rendererFile, root, words);
    // Whoever waits for it has time to load what that state declares, which is asked where something changes.
    const [known, declared] = await Promise.all([texts, Promise.resolve().then(targets)]);
    return this.setsOf(known, project, () => declared);
  }

  /** Which targets they are of is asked only where something changes. */
  private setsOf(texts: RenderedTexts, project: Project<P>, targets: () => readonly Target<P>[]): ComparedSet[] {
    let byName: ReadonlyMap<string, Target<P>> | undefined;
    const sets = texts.targets.map(({ name, path, files, secrets }): ComparedSet => {
      const source = {
        project,
        get target() {
          byName ??= new Map(targets().map((target) => [target.name, target]));
          return byName.get(name)!;
        },
      };
      return { ...this.setOf(path, name, files, undefined, () => source.target, secrets), source };
    });
    return texts.delivery.size === 0 ? sets : [...sets, this.setOf(DELIVERY, DELIVERY, texts.delivery)];
  }

  /** A file that both sides of a set hold with the same text is parsed once: it says the same on both. */
  private readOnce(key: string, files: ReadonlyMap<string, string>): Reading {
    const readings = [...files].map(([file, text]) => {
      const name = [key, file, text].join('\0');
      const known = this.readings.get(name) ?? readSources([{ file, text }]);
      this.readings.set(name, known);
      return known;
    });
    return {
      resources: readings.flatMap(({ resources }) => resources),
      documents: readings.flatMap(({ documents }) => documents),
      unreadable: readings.flatMap(({ unreadable }) => unreadable),
    };
  }

  private setOf(
    key: string,
    name: string,
    files: ReadonlyMap<string, string>,
    read = (): Reading => this.readOnce(key, files),
    target: () => Target<P> | undefined = () => undefined,
    secrets: Parameters<typeof expectedResources>[0] = [],
  ): ComparedSet {
    const world = () => {
      const reading = read();
      const expected = expectedResources(secrets, 'environments/matrix.ts');
      return this.worldIn({ manifests: this.inputs.add(reading), expected, unread: reading.unreadable }, target());
    };
    return { key, name, files, world };
  }
}

/** What a revision refuses is said of the revision: the sources as they are now may be fine. */
async function named<T>(revision: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StrataError) throw new StrataError(`${revision}: ${error.place}`, error.found, error.fixes);
    if (error instanceof Error) error.message = `${revision}: ${error.message}`;
    throw error;
  }
}

/** What stands beside the targets of a tree: the objects of Argo CD and of Flux. */
export const DELIVERY = 'delivery';

/** What says which packages a project uses. */
const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'];

function textAt(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** A project reads its inputs relative to the folder that it is called in. */
export function inFolder<T>(folder: string, act: () => T): T {
  const called = process.cwd();
  process.chdir(folder);
  try {
    return act();
  } finally {
    process.chdir(called);
  }
}
