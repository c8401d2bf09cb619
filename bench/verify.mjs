// How fast `strata verify` is, beside kubeconform over the same files with the same schemas. Whole processes, in turns, in one run.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump, load, loadAll } from 'js-yaml';
import { compare, peakMegabytes, run } from './measure.mjs';
import { checkout, copyProject } from './projects.mjs';
import { Report } from './report.mjs';
import { hasKubeScore, measureStart } from './start.mjs';

const MINOR = 35;
const SCHEMA_CHECKS = [
  'schema-valid',
  'unknown-field',
  'kind-known',
  'name-label-syntax',
  'list-map-duplicates',
  'selector-matches-template',
  'volumemount-has-volume',
  'cron-schedule-valid',
  'api-removed',
].join(',');
const INSTALL_KUBECONFORM = 'no kubeconform: go install github.com/yannh/kubeconform/cmd/kubeconform@latest';

const folder = mkdtempSync(join(tmpdir(), 'strata-bench-verify-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const kubeconform = findKubeconform();
const report = new Report();
console.log(
  `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'}), Node ${process.version}, ${kubeconform ? `kubeconform ${run([kubeconform, '-v']).stdout.trim()}` : INSTALL_KUBECONFORM}`,
);

const project = copyProject(join(folder, 'project'));
const { objects: matrixObjects } = project.verify();
const schemas = join(folder, 'schemas');
writeSchemas();

report.section(`The whole matrix of this project, ${matrixObjects} objects, rendered and verified`);
const { matrix } = compare(7, { matrix: () => project.verify().seconds });
report.atMost('strata verify', matrix, 's', 0.5);

measureStart(project, folder, report);

const kubeconformOver = (manifests) =>
  kubeconform &&
  run([kubeconform, '-summary', '-schema-location', `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`, manifests])
    .seconds;
const named = (seconds) => seconds && { name: 'kubeconform', seconds };

report.section('50,000 small objects of all kinds: schemas');
const mixture = writeMixture(50_000);
const small = compare(3, {
  ours: () => verify(mixture, '--only', SCHEMA_CHECKS),
  theirs: () => kubeconformOver(mixture),
});
report.slower('schema checks', small.ours, named(small.theirs), 0.8);

report.section('50,000 objects: a platform of this project in each of 1,600 namespaces, a file for each');
const manifests = writePlatforms(50_000);
const { schema, all, theirs } = compare(3, {
  schema: () => verify(manifests, '--only', SCHEMA_CHECKS),
  all: () => verify(manifests),
  theirs: () => kubeconformOver(manifests),
});
report.slower('schema checks', schema, named(theirs), 0.8);
report.slower('all checks', all, named(theirs), 3);
report.atMost('peak memory, all checks', peakMegabytes(command(manifests)), 'MiB', 600);
if (hasKubeScore) {
  // Once: it takes minutes.
  const theirs = kubeScoreOver(manifests);
  report.time('kube-score score', theirs, `${(theirs / all).toFixed(1)} × as long as strata`);
}

report.section('Growth, all checks');
const seconds = {};
for (const objects of [1_000, 10_000, 50_000, 200_000]) {
  seconds[objects] = objects === 50_000 ? all : verify(writePlatforms(objects));
  report.time(
    `${objects.toLocaleString('en')} objects`,
    seconds[objects],
    `${((1000 * seconds[objects]) / objects).toFixed(3)} ms per object`,
  );
}
const beyondStart = (objects) => seconds[objects] - matrix;
report.atMost(
  'exponent of growth from 10,000 to 200,000: 1 is linear, 2 quadratic',
  Math.log(beyondStart(200_000) / beyondStart(10_000)) / Math.log(20),
  '',
  1.2,
);

/** It ends with 1 because it misses what the manifests leave out. */
function kubeScoreOver(manifests) {
  const files = readdirSync(manifests).map((name) => join(manifests, name));
  return run(['kube-score', 'score', ...files], { accepts: [0, 1] }).seconds;
}

function command(path, ...options) {
  return ['node', join(project.folder, 'bin/strata.mjs'), 'verify', path, '--kubernetes', `1.${MINOR}`, ...options];
}

function verify(...args) {
  return run(command(...args)).seconds;
}

/** One valid object of each kind, over and over under other names, in files of a hundred. */
function writeMixture(objects) {
  const to = join(folder, 'mixture');
  mkdirSync(to);
  const seeds = loadAll(readFileSync(join(checkout, 'test/oracle/schema-seeds.yaml'), 'utf8')).filter(
    ({ kind }) => !['APIService', 'CustomResourceDefinition'].includes(kind),
  );
  const texts = seeds.map((seed) => dump({ ...seed, metadata: { ...seed.metadata, name: 'NAME' } }, { noRefs: true }));
  for (let from = 0; from < objects; from += 100) {
    const some = Array.from({ length: Math.min(100, objects - from) }, (_, i) =>
      texts[(from + i) % texts.length].replace('name: NAME', `name: o${from + i}`),
    );
    writeFileSync(join(to, `${from}.yaml`), some.join('---\n'));
  }
  return to;
}

/** The objects of a rendered target that Kubernetes' own schemas describe, in a namespace for each copy. */
function writePlatforms(objects) {
  const to = join(folder, `platforms-${objects}`);
  mkdirSync(to);
  project.strata('render', 'dev@shared');
  const rendered = join(project.folder, 'dist/shared/dev');
  const documents = readdirSync(rendered).flatMap((name) =>
    readFileSync(join(rendered, name), 'utf8').split(/^---\n/m),
  );
  const known = new Set(readdirSync(schemas));
  const own = documents.filter((text) => known.has(schemaFile(load(text)))).join('---\n');
  const each = own.match(/^kind:/gm).length;
  for (let i = 0; i < objects / each; i++)
    writeFileSync(join(to, `${i}.yaml`), own.replaceAll('course-dev', `course-dev-${i}`));
  return to;
}

function schemaFile({ apiVersion, kind }) {
  const group = apiVersion.includes('/') ? `-${apiVersion.split('/')[0].split('.')[0]}` : '';
  return `${kind.toLowerCase()}${group}-${apiVersion.split('/').at(-1)}.json`;
}

function findKubeconform() {
  for (const path of [process.env.KUBECONFORM, join(homedir(), 'go/bin/kubeconform')])
    if (path && existsSync(path)) return path;
  try {
    return execFileSync('sh', ['-c', 'command -v kubeconform'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** Our data in the form that kubeconform reads: one self-contained JSON schema for each kind. Unknown fields are refused, as its -strict does. */
function writeSchemas() {
  mkdirSync(schemas);
  const { kinds, definitions } = JSON.parse(
    readFileSync(join(checkout, 'upstream/kubernetes/data/kubernetes.json'), 'utf8'),
  );
  const at = (timeline) =>
    Object.entries(timeline)
      .filter(([since]) => Number(since) <= MINOR)
      .at(-1)?.[1];
  for (const [id, timeline] of Object.entries(kinds)) {
    const [, , definition] = at(timeline)?.split(' ') ?? [];
    if (!definition) continue;
    const [apiVersion, kind] = id.split(' ');
    const closure = {};
    collect(definition, closure);
    writeFileSync(
      join(schemas, schemaFile({ apiVersion, kind })),
      JSON.stringify({ $ref: `#/definitions/${definition}`, definitions: closure }),
    );
  }
  function collect(name, into) {
    if (into[name]) return;
    const fields = Object.entries(at(definitions[name]) ?? {});
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    into[name] = schema;
    for (const [field, type] of fields) schema.properties[field.replace(/!$/, '')] = typeSchema(type, into);
  }
  function typeSchema(type, into) {
    const nullable = (name, more = {}) => ({ type: [name, 'null'], ...more });
    const list = /^(.*)\[\]( set| by .*)?$/.exec(type);
    if (list) return nullable('array', { items: typeSchema(list[1], into) });
    if (type.endsWith('{}')) return nullable('object', { additionalProperties: typeSchema(type.slice(0, -2), into) });
    const scalars = {
      string: 'string',
      bytes: 'string',
      time: 'string',
      'micro-time': 'string',
      int32: 'integer',
      int64: 'integer',
      double: 'number',
      bool: 'boolean',
    };
    if (scalars[type]) return nullable(scalars[type]);
    if (type === 'any') return {};
    if (type === 'quantity') return { type: ['string', 'number', 'null'] };
    if (type === 'int-or-string') return { type: ['string', 'integer', 'null'] };
    collect(type, into);
    return { $ref: `#/definitions/${type}` };
  }
}
