#!/usr/bin/env node
/**
 * Generates data/kubernetes.json and data/add-ons.json: what the API servers of each Kubernetes version accept, and the CRDs of
 * well-known add-ons. Everything comes from the Go modules of the projects themselves.
 *
 *   node upstream/kubernetes/generate.mjs                 writes nothing new: proves that data/ is of the modules declared below
 *   node upstream/kubernetes/generate.mjs --from-modules  Go modules -> data/*.json (needs go, downloads about 1 GB)
 *   node upstream/kubernetes/generate.mjs --check         write nothing; exit 1 if the above would change a file
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';

// ---- What is read -----------------------------------------------------------------------------

const OLDEST = 28;
const NEWEST = 37;

/** Where the lifecycle of an API is written beside its type. Removed APIs vanish from newer modules, so an old one is read too. */
const LIFECYCLES = [
  'k8s.io/api@v0.28.0',
  'k8s.io/apiextensions-apiserver@v0.28.0',
  'k8s.io/kube-aggregator@v0.28.0',
  `k8s.io/api@v0.${NEWEST}.0`,
];

/** Add-ons whose CRDs are known: module, and folder or file in it. */
const ADD_ONS = {
  'Argo CD': ['github.com/argoproj/argo-cd/v3@v3.4.0', 'manifests/crds'],
  'Argo Rollouts': ['github.com/argoproj/argo-rollouts@v1.9.0', 'manifests/crds'],
  'External Secrets': ['github.com/external-secrets/external-secrets@v1.3.2', 'config/crds/bases'],
  'Gateway API': ['sigs.k8s.io/gateway-api@v1.4.1', 'config/crd/standard'],
  KEDA: ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
  'Prometheus Operator': [
    'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    'example/prometheus-operator-crd',
  ],
  'Vertical Pod Autoscaler': ['k8s.io/autoscaler/vertical-pod-autoscaler@v1.8.1', 'deploy/vpa-v1-crd-gen.yaml'],
};

const sources = () => [
  `k8s.io/kubernetes@v1.${OLDEST}.0 to v1.${NEWEST}.0`,
  ...LIFECYCLES,
  ...Object.values(ADD_ONS).map(([module, path]) => `${module} ${path}`),
];

function moduleFolder(module) {
  const { Dir } = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' }),
  );
  return Dir;
}

function filesBelow(path, wanted) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

// ---- OpenAPI documents -> kinds and definitions ------------------------------------------------

const PREFIXES = {
  'io.k8s.api.': '',
  'io.k8s.apimachinery.pkg.apis.': '',
  'io.k8s.apiextensions-apiserver.pkg.apis.': '',
  'io.k8s.kube-aggregator.pkg.apis.': '',
};

/** What decodes itself, in Go, and is not what the document says. */
const SCALARS = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'micro-time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
};

function shortName(name) {
  for (const [prefix, short] of Object.entries(PREFIXES))
    if (name.startsWith(prefix)) return short + name.slice(prefix.length);
  throw new Error(`definition ${name}: teach PREFIXES in upstream/kubernetes/generate.mjs where it belongs`);
}

const refName = ({ $ref }) => $ref.slice('#/definitions/'.length);

/** A field's type as text: `string`, `core.v1.Probe`, `core.v1.EnvVar[] by name`, `string{}`. See upstream/kubernetes/model.ts. */
function typeText(schema, where) {
  if (schema.$ref) return SCALARS[refName(schema)] ?? shortName(refName(schema));
  switch (schema.type) {
    case 'array': {
      const keys =
        schema['x-kubernetes-list-type'] === 'map'
          ? ` by ${schema['x-kubernetes-list-map-keys'].join(',')}`
          : schema['x-kubernetes-list-type'] === 'set'
            ? ' set'
            : '';
      return `${typeText(schema.items, where)}[]${keys}`;
    }
    case 'object':
      if (schema.additionalProperties) return `${typeText(schema.additionalProperties, where)}{}`;
      return 'any';
    case 'integer':
      return schema.format;
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'string':
      return schema.format === 'byte' ? 'bytes' : 'string';
    default:
      throw new Error(`${where}: type ${schema.type} is new: teach typeText in upstream/kubernetes/generate.mjs`);
  }
}

function definition(schema, name) {
  const required = new Set(schema.required);
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([field, type]) => [
      field + (required.has(field) ? '!' : ''),
      typeText(type, `${name}.${field}`),
    ]),
  );
}

/** What may be applied: each kind that is created under a path of its own. */
function kindsOf(document) {
  const kinds = {};
  for (const [path, { post }] of Object.entries(document.paths)) {
    const match = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(namespaces\/\{namespace\}\/)?([^/{}]+)$/.exec(path);
    const gvk = post?.['x-kubernetes-group-version-kind'];
    if (!match || !gvk) continue;
    const schema = post.parameters.find((parameter) => parameter.in === 'body').schema;
    kinds[`${gvk.group ? `${gvk.group}/` : ''}${gvk.version} ${gvk.kind}`] = [
      match[2],
      match[1] ? 'namespaced' : 'cluster',
      shortName(refName(schema)),
    ].join(' ');
  }
  return kinds;
}

/** The definitions that kinds are made of, directly or not. */
function definitionsOf(document, kinds) {
  const byShortName = new Map(
    Object.keys(document.definitions)
      .filter((name) => !SCALARS[name] && Object.keys(PREFIXES).some((prefix) => name.startsWith(prefix)))
      .map((name) => [shortName(name), name]),
  );
  const found = {};
  const queue = Object.values(kinds).map((kind) => kind.split(' ')[2]);
  while (queue.length) {
    const name = queue.pop();
    if (found[name]) continue;
    found[name] = definition(document.definitions[byShortName.get(name)], name);
    for (const type of Object.values(found[name])) {
      const below = type.replace(/(\[\].*|\{\})+$/, '');
      if (byShortName.has(below)) queue.push(below);
    }
  }
  return found;
}

/** { name: value } per minor version -> { name: { "28": value, "30": value from then on, "33": null } } */
function timeline(byVersion) {
  const names = [...new Set(Object.values(byVersion).flatMap(Object.keys))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const changes = {};
      let last = 'null';
      for (let minor = OLDEST; minor <= NEWEST; minor++) {
        const now = JSON.stringify(byVersion[minor][name] ?? null);
        if (now !== last) changes[minor] = JSON.parse(now);
        last = now;
      }
      return [name, changes];
    }),
  );
}

// ---- Go sources -> lifecycle of APIs -----------------------------------------------------------

/** { "extensions/v1beta1 Ingress": { deprecated: 14, removed: 22, replacement: "networking.k8s.io/v1 Ingress" } } */
function lifecycles() {
  const all = {};
  for (const module of LIFECYCLES) {
    const folder = moduleFolder(module);
    for (const file of filesBelow(
      folder,
      (name) => name === 'zz_generated.prerelease-lifecycle.go' || name === 'lifecycle.go',
    )) {
      const register = readFileSync(join(dirname(file), 'register.go'), 'utf8');
      const group = /GroupName\s*=\s*"([^"]*)"/.exec(register)?.[1] ?? groupOf(register, folder, file);
      const version = /Version:\s*"([^"]+)"/.exec(register)[1];
      for (const [, kind, what, body] of readFileSync(file, 'utf8').matchAll(
        /^func \(in \*(\w+)\) APILifecycle(Deprecated|Removed|Replacement)\(\).*?\{\n([\s\S]*?)^\}/gm,
      )) {
        if (kind.endsWith('List') || kind.endsWith('Options')) continue;
        const entry = (all[`${group ? `${group}/` : ''}${version} ${kind}`] ??= {});
        const numbers = /return (\d+), (\d+)/.exec(body);
        const gvk = /Group: "([^"]*)", Version: "([^"]*)", Kind: "([^"]*)"/.exec(body);
        if (what === 'Replacement') entry.replacement = `${gvk[1] ? `${gvk[1]}/` : ''}${gvk[2]} ${gvk[3]}`;
        else entry[what.toLowerCase()] = Number(numbers[2]);
      }
    }
  }
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function groupOf(_register, _folder, file) {
  const parent = readFileSync(join(dirname(dirname(file)), 'register.go'), 'utf8');
  return /GroupName\s*=\s*"([^"]*)"/.exec(parent)[1];
}

// ---- CRDs -> one pool of schemas ---------------------------------------------------------------

/** Documentation says nothing of what is accepted. A *property* called description is a schema, so an object, and stays. */
const DOCUMENTATION = ['description', 'externalDocs', 'example', 'title'];

/** What of a schema a manifest is judged by, with equal parts kept once: { pool: [schema…], $: index }. */
class Pool {
  schemas = [];
  #places = new Map();

  /** The index of a schema in the pool. */
  add(schema) {
    const text = JSON.stringify(this.#reduce(schema));
    if (!this.#places.has(text)) {
      this.#places.set(text, this.schemas.length);
      this.schemas.push(JSON.parse(text));
    }
    return this.#places.get(text);
  }

  #reduce(schema) {
    const result = {};
    for (const [key, value] of Object.entries(schema)) {
      if (DOCUMENTATION.includes(key) && typeof value === 'string') continue;
      if (key === 'properties')
        result[key] = Object.fromEntries(Object.entries(value).map(([name, below]) => [name, this.add(below)]));
      else if (key === 'items' || key === 'not' || (key === 'additionalProperties' && typeof value === 'object'))
        result[key] = this.add(value);
      else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf')
        result[key] = value.map((below) => this.add(below));
      else if (key !== 'x-kubernetes-patch-strategy' && key !== 'x-kubernetes-patch-merge-key') result[key] = value;
    }
    return result;
  }
}

function addOns() {
  const pool = new Pool();
  const kinds = {};
  for (const [addOn, [module, path]] of Object.entries(ADD_ONS)) {
    for (const file of filesBelow(
      join(moduleFolder(module), path),
      (name) => name.endsWith('.yaml') && !name.startsWith('kustomiz'),
    )) {
      for (const crd of loadAll(readFileSync(file, 'utf8'))) {
        if (crd?.kind !== 'CustomResourceDefinition') continue;
        for (const { name, served, deprecated, schema } of crd.spec.versions) {
          if (!served) continue;
          kinds[`${crd.spec.group}/${name} ${crd.spec.names.kind}`] = {
            plural: crd.spec.names.plural,
            namespaced: crd.spec.scope === 'Namespaced',
            addOn,
            ...(deprecated && { deprecated }),
            schema: pool.add(schema.openAPIV3Schema),
          };
        }
      }
    }
  }
  return { kinds: Object.fromEntries(Object.entries(kinds).sort(([a], [b]) => (a < b ? -1 : 1))), pool: pool.schemas };
}

// ---- Compare and write -------------------------------------------------------------------------

/** One entry a line, so that a change of the data can be read as one. */
function lines(value, depth) {
  if (depth === 0 || value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[\n${value.map((below) => lines(below, depth - 1)).join(',\n')}\n]`;
  return `{\n${Object.entries(value)
    .map(([key, below]) => `${JSON.stringify(key)}:${lines(below, depth - 1)}`)
    .join(',\n')}\n}`;
}

const here = join(dirname(fileURLToPath(import.meta.url)), 'data');

function fromModules() {
  const kinds = {};
  const definitions = {};
  for (let minor = OLDEST; minor <= NEWEST; minor++) {
    const document = JSON.parse(
      readFileSync(join(moduleFolder(`k8s.io/kubernetes@v1.${minor}.0`), 'api/openapi-spec/swagger.json'), 'utf8'),
    );
    kinds[minor] = kindsOf(document);
    definitions[minor] = definitionsOf(document, kinds[minor]);
  }
  const kubernetes = {
    sources: sources(),
    oldest: OLDEST,
    newest: NEWEST,
    kinds: timeline(kinds),
    lifecycles: lifecycles(),
    definitions: timeline(definitions),
  };
  return {
    'kubernetes.json': `${lines(kubernetes, 2)}\n`,
    'add-ons.json': `${lines({ sources: sources(), ...addOns() }, 2)}\n`,
  };
}

function main(args) {
  const unknown = args.filter((arg) => arg !== '--from-modules' && arg !== '--check');
  if (unknown.length) throw new Error(`unknown argument ${unknown.join(' ')}`);
  // releases/generate.mjs and pointers/generate.mjs write the others.
  const written = readdirSync(here).filter((name) => !['releases.json', 'pointers.json'].includes(name));
  const have = Object.fromEntries(written.map((name) => [name, readFileSync(join(here, name), 'utf8')]));
  if (!args.includes('--from-modules')) {
    for (const name of ['kubernetes.json', 'add-ons.json']) {
      if (have[name] && JSON.stringify(JSON.parse(have[name]).sources) === JSON.stringify(sources())) continue;
      throw new Error(
        `data/${name} is not of the modules declared here. Fix: run \`node upstream/kubernetes/generate.mjs --from-modules\``,
      );
    }
    return;
  }
  const want = fromModules();
  const changed = Object.keys({ ...have, ...want }).filter((name) => have[name] !== want[name]);
  if (args.includes('--check')) {
    if (changed.length)
      throw new Error(
        `out of date: ${changed.join(', ')}. Fix: run \`node upstream/kubernetes/generate.mjs --from-modules\``,
      );
    return;
  }
  for (const name of changed) {
    if (!(name in want)) throw new Error(`data/${name} is not generated: remove it`);
    writeFileSync(join(here, name), want[name]);
    console.log(`wrote upstream/kubernetes/data/${name} (${want[name].length} bytes)`);
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(`upstream/kubernetes/generate.mjs: ${error.message}`);
  process.exitCode = 1;
}
