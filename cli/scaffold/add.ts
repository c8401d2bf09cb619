import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StrataError } from '../../model/errors';
import { checkLabel, identifier } from '../../model/names';
import type { Project } from '../command';
import type { Run } from '../options/table';
import { OWN_SOURCES } from '../root';
import type { add } from '../tables';
import { EditedSource } from './source';

/** The folder that files of a kind stand in. */
const FOLDERS = {
  environment: 'environments',
  cluster: 'clusters',
  feature: 'features',
  workload: 'workloads',
} as const;
type Kind = keyof typeof FOLDERS;

const MATRIX = 'environments/matrix.ts';
const PLATFORM = 'platform.ts';
const DELIVERY = 'environments/delivery.ts';
/** What stands between the brackets of the matrix, of its list of settings, of its first target's features, and of `compose`. */
const ROWS = /\bmatrixOf\(/;
const SETTINGS = /\bmatrixOf\(\s*\[/;
const FEATURES = /\btarget\([^[\]]*\[/;
const COMPOSE = /\bcompose(?:: \(\w+\) => |\(\w+[^)]*\) )\{/;
/** What stands before the steps in which environments are delivered; not in a comment. */
const STEPS = /^[ \t]*progressive:\s*\[/m;

export const command: Run<typeof add> = (project, { words: [kind, name] }, host) => {
  const one = kind as Kind;
  checkLabel(`strata add ${kind} ${name}`, name, 40);
  const path = `${FOLDERS[one]}/${name}.ts`;
  if (existsSync(join(project.root, path)))
    throw new StrataError(path, 'is there already, and nothing is overwritten', ['give the new one another name']);
  const id = identifier(name!);
  const sources = new Map<string, EditedSource>();
  const source = (of: string): EditedSource => {
    const known = sources.get(of) ?? new EditedSource(of, read(join(project.root, of), of));
    sources.set(of, known);
    return known;
  };
  const template = readFileSync(join(OWN_SOURCES, 'templates/added', `${one}.ts`), 'utf8');
  refuseTakenName(
    `strata add ${kind} ${name}`,
    [id, ...(one === 'workload' ? [`${id}Settings`] : [])],
    [new EditedSource(path, template), ...namedIn(one, project.root).map(source), new EditedSource(MATRIX, 'excluded')],
  );
  LINES[one]({ id, name: name!, project, source });
  const text = template.replaceAll('new-one', name!).replaceAll('newOne', id);
  const written = [[path, text] as const, ...[...sources].map(([of, changed]) => [of, String(changed)] as const)];
  for (const [to, content] of written) {
    mkdirSync(dirname(join(project.root, to)), { recursive: true });
    writeFileSync(join(project.root, to), content);
  }
  host.print(`${path}: write in it what is yours`);
  for (const of of sources.keys()) host.print(`${of}: names it`);
};

interface Added<P> {
  readonly id: string;
  readonly name: string;
  readonly project: Project<P>;
  readonly source: (path: string) => EditedSource;
}

/** What is added to the files that name the new one. */
const LINES: Readonly<Record<Kind, <P>(added: Added<P>) => void>> = {
  environment: ({ id, name, project, source }) => {
    const matrix = source(MATRIX);
    matrix.addImport(`import { ${id} } from './${name}';`);
    for (const cluster of project.matrix.clusters)
      matrix.addLine(ROWS, `target(${id}, ${identifier(cluster.name)}, []),`);
    if (!deliversInSteps(project.root)) return;
    // What is in no step is refused, since it would never be delivered. Last, it holds up nobody.
    const delivery = source(DELIVERY);
    delivery.addImport(`import { ${id} } from './${name}';`);
    delivery.addItem(STEPS, id);
  },
  cluster: ({ id, name, project, source }) => {
    const matrix = source(MATRIX);
    matrix.addImport(`import { ${id} } from '../clusters/${name}';`);
    const [first, ...others] = project.matrix.environments;
    if (first) matrix.addLine(ROWS, `target(${identifier(first.name)}, ${id}, []),`);
    for (const environment of others) {
      if (environment.elsewhere !== undefined) continue;
      matrix.addName('strata', 'excluded');
      matrix.addLine(ROWS, `excluded(${identifier(environment.name)}, ${id}, 'nobody has asked for it yet'),`);
    }
  },
  feature: ({ id, name, source }) => {
    const matrix = source(MATRIX);
    matrix.addImport(`import { ${id} } from '../features/${name}';`);
    matrix.addItem(FEATURES, id);
  },
  workload: ({ id, name, source }) => {
    const matrix = source(MATRIX);
    matrix.addImport(`import { ${id}Settings } from '../workloads/${name}';`);
    matrix.addItem(SETTINGS, `${id}Settings`);
    const platform = source(PLATFORM);
    platform.addImport(`import { ${id} } from './workloads/${name}';`);
    platform.addLine(COMPOSE, `${id}(platform);`);
  },
};

/** The files that name what is added. */
function namedIn(kind: Kind, root: string): readonly string[] {
  if (kind === 'workload') return [MATRIX, PLATFORM];
  return kind === 'environment' && deliversInSteps(root) ? [MATRIX, DELIVERY] : [MATRIX];
}

function deliversInSteps(root: string): boolean {
  const file = join(root, DELIVERY);
  return existsSync(file) && STEPS.test(readFileSync(file, 'utf8'));
}

/** Words that no variable of a module may be called. */
const RESERVED = new Set(
  [
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for',
    'function if implements import in instanceof interface let new null package private protected public return static super switch',
    'this throw true try typeof undefined var void while with yield',
  ].flatMap((line) => line.split(' ')),
);

/** A file in which two things have one name, or a word of the language is one, would not compile. */
function refuseTakenName(place: string, ids: readonly string[], sources: readonly EditedSource[]): void {
  const fixes = ['give the new one another name'];
  for (const id of ids) {
    if (RESERVED.has(id)) throw new StrataError(place, `would be called ${id}, a word of TypeScript itself`, fixes);
    const using = sources.find((source) => source.uses(id));
    if (using) throw new StrataError(place, `would be called ${id}, and ${using.path} has that name already`, fixes);
  }
}

function read(file: string, path: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StrataError(path, 'is not there, and what is added is named in it', [
      'add the file by hand: a project of `strata init` shows how',
    ]);
  }
}
