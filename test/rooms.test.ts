import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(__dirname, '..');

const JUDGING = ['model', 'manifests', 'upstream', 'world', 'simulate', 'checks'];
const WRITING = [
  'model',
  'imports',
  'constructs',
  'features',
  'clusters',
  'environments',
  'render',
  'composition',
  'platform.ts',
  'main.ts',
];

/** Which rooms each room may import from, types included; every room may import from itself. docs/decisions.md says why. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  imports: [],
  // The half that writes manifests.
  // Of upstream it has the readers of languages alone: READERS.
  constructs: ['model', 'imports', 'upstream'],
  features: ['model', 'constructs'],
  // The course's platform, as a team writes its own.
  clusters: ['index.ts'],
  environments: ['index.ts', 'constructs', 'features', 'clusters'],
  'platform.ts': ['index.ts', 'constructs'],
  'main.ts': ['index.ts', 'features', 'environments', 'platform.ts'],
  render: ['model'],
  publish: ['model', 'render'],
  // The half that judges them. It knows no construct, so that the two cannot share a mistake.
  manifests: ['model'],
  upstream: ['model', 'manifests'],
  world: ['model', 'manifests', 'upstream'],
  simulate: ['model', 'manifests', 'upstream', 'world'],
  checks: JUDGING,
  // What changes between two sets of manifests, and what that does.
  diff: JUDGING,
  report: ['model', 'manifests', 'checks', 'diff', 'simulate'],
  // Built objects to the code that renders them: pure.
  adopt: ['model'],
  cli: [...JUDGING, 'diff', 'render', 'publish', 'report', 'adopt'],
  composition: ['model', 'constructs', 'features', 'render'],
  // What the package of strata is for those who write with it.
  'index.ts': ['model', 'constructs', 'features', 'composition'],
  'verify.ts': [...JUDGING, 'render'],
  testing: ['model', 'render', 'verify.ts'],
  // The program has nothing of the half that writes manifests but the bundle of a project, which bin/ hands to it.
  'tool.ts': ['cli', 'package.json'],
  // Tools beside the program: nothing imports them.
  docs: [...WRITING, ...JUDGING, 'diff', 'cli', 'report'],
  bench: [...WRITING, ...JUDGING, 'diff', 'cli', 'report', 'publish'],
  services: [],
};
/** What reads a language for whoever writes in it, so that a mistake is told where it stands; it judges no manifest. */
const READERS = ['upstream/prometheus/query.ts', 'upstream/prometheus/regex.ts', 'upstream/kubernetes/cel/regexp.ts'];
/** Folders that hold no code of the platform: what is generated, what proves it, what starts it. */
const NO_ROOM = ['node_modules', 'dist', 'bin', 'test', 'templates', 'examples'];
/** Who may import what from outside; rooms that are not named may import any package. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  // Types of Kubernetes' own objects, which are gone when it runs.
  model: ['kubernetes-types'],
  clusters: [],
  environments: [],
  features: [],
  render: ['js-yaml'],
  publish: [],
  cli: [],
  'main.ts': [],
  'tool.ts': [],
};

/** The names that the course's platform imports the library by, as every project does. */
const OWN_NAMES: readonly [RegExp, string][] = [
  [/^strata$/, 'index'],
  [/^strata\//, ''],
];

interface Import {
  /** Relative to the root, as all paths here. */
  readonly file: string;
  readonly line: number;
  readonly typeOnly: boolean;
  /** A file of the project, or a package. */
  readonly from: string;
  readonly isPackage: boolean;
}

const STATEMENT =
  /^(?:import|export)\s+(type\s)?([^'"`;]*?)\s*\bfrom\s*'([^']+)'|^import\s*()()'([^']+)'|\bimport\(\s*()()'([^']+)'\s*\)/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(STATEMENT)].map((match) => {
    const specifier = (match[3] ?? match[6] ?? match[9])!;
    const names =
      /\{([^}]*)\}/
        .exec(match[2] ?? '')?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? [];
    const own = OWN_NAMES.find(([name]) => name.test(specifier));
    const isPackage = !specifier.startsWith('.') && !own;
    return {
      file,
      line: text.slice(0, match.index).split('\n').length,
      typeOnly: match[1] !== undefined || (names.length > 0 && names.every((name) => name.startsWith('type '))),
      from: own
        ? fileOf(specifier.replace(...own))
        : isPackage
          ? specifier
          : fileOf(normalize(join(dirname(file), specifier))),
      isPackage,
    };
  });
}

function fileOf(path: string): string {
  const found = [path, `${path}.ts`, `${path}/index.ts`].find(
    (candidate) => existsSync(join(root, candidate)) && statSync(join(root, candidate)).isFile(),
  );
  return found ?? path;
}

function filesIn(room: string): string[] {
  if (room.endsWith('.ts')) return existsSync(join(root, room)) ? [room] : [];
  if (!existsSync(join(root, room))) return [];
  return readdirSync(join(root, room), { withFileTypes: true }).flatMap((entry) => {
    const path = `${room}/${entry.name}`;
    if (entry.isDirectory()) return NO_ROOM.includes(entry.name) && entry.name !== 'test' ? [] : filesIn(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

const roomOf = (path: string) => path.split('/')[0]!;
const imports = Object.keys(MAY_IMPORT).flatMap(filesIn).flatMap(importsOf);
const told = ({ file, line, from }: Import, rule: string) => `${file}:${line} imports ${from}, and ${rule}`;

test('the statements are found: of one line, of several, of types, of a re-export, and those at run time', () => {
  const found = (file: string) => importsOf(file).map(({ from, typeOnly }) => `${typeOnly ? 'type ' : ''}${from}`);
  expect(found('render/plan.ts')).toEqual([
    'node:crypto',
    'model/errors.ts',
    'type model/kubernetes.ts',
    'model/kubernetes.ts',
    'model/namespaced.ts',
    'type model/secret-contract.ts',
    'model/secret-contract.ts',
    'type model/target.ts',
    'render/order.ts',
    'render/yaml.ts',
  ]);
  expect(found('features/index.ts')).toContain('features/scaling/autoscaling.ts');
  expect(found('cli/commands.ts')).toContain('cli/render.ts');
  expect(imports.length).toBeGreaterThan(200);
});

test('every room that a rule names is there, and has code', () => {
  const named = Object.entries(MAY_IMPORT).flatMap(([room, others]) => [room, ...others]);
  expect(named.filter((room) => room !== 'package.json' && filesIn(room).length === 0)).toEqual([]);
  expect(Object.keys(PACKAGES).filter((room) => !(room in MAY_IMPORT))).toEqual([]);
});

test('every folder with code is a room with a rule', () => {
  const folders = readdirSync(root, { withFileTypes: true }).filter(
    (entry) =>
      entry.isDirectory() &&
      !entry.name.startsWith('.') &&
      !NO_ROOM.includes(entry.name) &&
      !/^dist\./.test(entry.name),
  );
  expect(folders.map(({ name }) => name).filter((name) => !(name in MAY_IMPORT))).toEqual([]);
});

test('a room imports only from the rooms that its rule names', () => {
  const offences = imports
    .filter(
      ({ file, from, isPackage }) =>
        !isPackage && roomOf(from) !== roomOf(file) && !MAY_IMPORT[roomOf(file)]!.includes(roomOf(from)),
    )
    .map((offence) =>
      told(
        offence,
        `${roomOf(offence.file)} may import from ${MAY_IMPORT[roomOf(offence.file)]!.join(', ') || 'no other room'}`,
      ),
    );
  expect(offences).toEqual([]);
});

test('building blocks have readers of languages from the half that judges, and nothing else', () => {
  const offences = imports.filter(
    ({ file, from, isPackage }) =>
      !isPackage && roomOf(file) === 'constructs' && roomOf(from) === 'upstream' && !READERS.includes(from),
  );
  expect(offences.map((offence) => told(offence, `constructs may import ${READERS.join(', ')}`))).toEqual([]);
  const ofReaders = imports.filter(
    ({ file, from, isPackage }) => READERS.includes(file) && !isPackage && roomOf(from) !== 'model',
  );
  expect(ofReaders.map(({ from }) => from).filter((from) => !READERS.includes(from))).toEqual([]);
});

test('the model, the facts and the differences know no package; cdk8s is for constructs', () => {
  const offences = imports
    .filter(
      ({ file, from, isPackage }) =>
        isPackage && !from.startsWith('node:') && PACKAGES[roomOf(file)]?.includes(from.split('/')[0]!) === false,
    )
    .map((offence) =>
      told(offence, `${roomOf(offence.file)} may import ${PACKAGES[roomOf(offence.file)]!.join(', ') || 'no package'}`),
    );
  expect(offences).toEqual([]);
});

test('the model and the facts touch no file, clock or process', () => {
  const offences = imports.filter(
    ({ file, from }) =>
      ['model', 'clusters', 'environments', 'features'].includes(roomOf(file)) && from.startsWith('node:'),
  );
  expect(offences.map((offence) => told(offence, 'it is pure'))).toEqual([]);
});

test('the programs in the pods and the platform meet only in the manifests', () => {
  const offences = imports.filter(
    ({ file, from, isPackage }) => isPackage && roomOf(file) !== 'services' && from.startsWith('@strata/'),
  );
  expect(offences.map((offence) => told(offence, 'that is a program in a pod'))).toEqual([]);
});

test('bin/ starts the program without importing any of it', () => {
  const files = readdirSync(join(root, 'bin')).map((name) => `bin/${name}`);
  expect(files).toEqual(expect.arrayContaining(['bin/strata.mjs', 'bin/bundles.mjs', 'bin/packed.mjs']));
  const outside = files.flatMap(importsOf).filter(({ from, isPackage }) => !isPackage && roomOf(from) !== 'bin');
  expect(outside).toEqual([]);
});

test('only cli/verifier.ts leads to the verifier, so that rendering loads none of it', () => {
  const seen = new Set(['cli/verifier.ts']);
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { from, typeOnly, isPackage } of importsOf(file)) if (!typeOnly && !isPackage) visit(from);
  };
  visit('tool.ts');
  expect([...seen].filter((file) => JUDGING.includes(roomOf(file)) && roomOf(file) !== 'model')).toEqual([]);
  expect(seen.size).toBeGreaterThan(50);
});

test('no files import each other in a circle, types included', () => {
  const next = new Map<string, Import[]>();
  for (const one of imports) if (!one.isPackage) next.set(one.file, [...(next.get(one.file) ?? []), one]);
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly Import[]): void => {
    const at = path.findIndex((step) => step.file === file);
    if (at >= 0)
      circles.push(
        path
          .slice(at)
          .map((step) => `${step.file}:${step.line} imports ${step.from}`)
          .join(', '),
      );
    if (at >= 0 || done.has(file)) return;
    for (const step of next.get(file) ?? []) visit(step.from, [...path, step]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

/** What is exported twice on purpose: the table of a command is called like the command, the construct like its data in the model, and either program `strata`. */
const EXPORTED_TWICE = (file: string, name: string) =>
  file === 'cli/tables.ts' ||
  file === 'tool.ts' ||
  (roomOf(file) === 'cli' && name === 'command') ||
  name === 'Component';

test('an exported name means one thing, in every room', () => {
  const files = Object.keys(MAY_IMPORT)
    .filter((room) => !['services', 'imports', 'docs', 'bench'].includes(room))
    .flatMap(filesIn);
  const exporters = new Map<string, string[]>();
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name] of text.matchAll(
      /^export (?:declare |abstract |async )*(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm,
    ))
      if (!EXPORTED_TWICE(file, name!)) exporters.set(name!, [...(exporters.get(name!) ?? []), file]);
  }
  const twice = [...exporters].flatMap(([name, by]) => {
    // Overloads of one function stand in one file.
    const different = [...new Set(by)];
    return different.length > 1 ? [`${name}: ${different.join(', ')}`] : [];
  });
  expect(exporters.size).toBeGreaterThan(500);
  expect(twice).toEqual([]);
});
