#!/usr/bin/env node
/**
 * Generates ../data/releases.json: what each minor version of Kubernetes refuses of the configuration of its own components. Feature
 * gates, their dependencies and what kubeadm brings are printed by main.go, which is built with the modules of each version; versions
 * of configuration files are the folders of their types.
 *
 *   node upstream/kubernetes/releases/generate.mjs           Go modules -> data/releases.json (needs go)
 *   node upstream/kubernetes/releases/generate.mjs --check   write nothing; exit 1 if the file would change
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtWithModules, kubernetesSources, PATCHES } from './modules.mjs';

const MINORS = Object.keys(PATCHES).map(Number);
const [OLDEST, NEWEST] = [Math.min(...MINORS), Math.max(...MINORS)];
const here = dirname(fileURLToPath(import.meta.url));
const FILE = join(here, '../data/releases.json');

/** Configuration files of components: their API group, and where the types of each version are. */
const CONFIGURATIONS = {
  'kubeadm.k8s.io': 'cmd/kubeadm/app/apis/kubeadm',
  'kubelet.config.k8s.io': 'pkg/kubelet/apis/config',
  'kubeproxy.config.k8s.io': 'pkg/proxy/apis/config',
  'kubescheduler.config.k8s.io': 'pkg/scheduler/apis/config',
};

/** What main.go prints when it is built with a version's modules. */
function printedBy(minor) {
  const folder = mkdtempSync(join(tmpdir(), 'releases-'));
  try {
    return JSON.parse(execFileSync(builtWithModules(minor, here, folder), { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `BETA on`, `GA on locked`. */
const gateText = ({ Stage, Default, Locked }) =>
  [Stage === '' ? 'GA' : Stage, Default ? 'on' : 'off', ...(Locked ? ['locked'] : [])].join(' ');

/** Values by minor version to what changes from one version to the next; null from where on there is none. */
function timelines(byMinor) {
  const names = [...new Set([...byMinor.values()].flatMap(Object.keys))].sort();
  return Object.fromEntries(
    names.map((name) => {
      const line = {};
      let before = null;
      for (const [minor, values] of byMinor) {
        const value = values[name] ?? null;
        if (JSON.stringify(value) !== JSON.stringify(before)) line[minor] = value;
        before = value;
      }
      return [name, line];
    }),
  );
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));

function generated() {
  const sources = new Map(MINORS.map((minor) => [minor, kubernetesSources(minor)]));
  const printed = new Map(MINORS.map((minor) => [minor, printedBy(minor)]));
  const each = (read) => new Map([...printed].map(([minor, version]) => [minor, read(version)]));
  const gates = (of) => timelines(each((version) => mapValues(version.gates[of], gateText)));
  const dependencies = timelines(
    each(({ dependencies: all }) => Object.fromEntries(Object.entries(all).filter(([, needed]) => needed.length > 0))),
  );
  const releases = {
    oldest: OLDEST,
    newest: NEWEST,
    gates: {
      components: gates('components'),
      'kube-controller-manager': gates('kube-controller-manager'),
      kubeadm: gates('kubeadm'),
    },
    dependencies,
    kubeadm: Object.fromEntries(
      MINORS.map((minor) => [minor, { release: `v1.${minor}.${PATCHES[minor]}`, ...printed.get(minor).kubeadm }]),
    ),
    configurations: removedConfigurations(sources),
  };
  return `${lines(releases)}\n`;
}

/** One gate a line, so that a change of the data can be read as one: what is keyed by minor versions stands in one line. */
function lines(value) {
  if (typeof value !== 'object' || Object.keys(value).every((key) => /^\d+$/.test(key))) return JSON.stringify(value);
  return `{\n${Object.entries(value)
    .map(([key, below]) => `${JSON.stringify(key)}:${lines(below)}`)
    .join(',\n')}\n}`;
}

/** Versions of configuration files that a version does not read any more, with the first that does not. */
function removedConfigurations(sources) {
  const removed = {};
  for (const [group, path] of Object.entries(CONFIGURATIONS)) {
    const versions = (minor) => readdirSync(join(sources.get(minor), path)).filter((name) => /^v\d/.test(name));
    for (let minor = OLDEST + 1; minor <= NEWEST; minor++)
      for (const gone of versions(minor - 1).filter((name) => !versions(minor).includes(name)))
        removed[`${group}/${gone}`] = minor;
  }
  return removed;
}

const text = generated();
if (existsSync(FILE) && readFileSync(FILE, 'utf8') === text)
  console.log('upstream/kubernetes/data/releases.json is up to date');
else if (process.argv.includes('--check')) {
  console.error(
    'upstream/kubernetes/data/releases.json is out of date. Fix: run `node upstream/kubernetes/releases/generate.mjs`',
  );
  process.exitCode = 1;
} else {
  writeFileSync(FILE, text);
  console.log(`wrote upstream/kubernetes/data/releases.json (${text.length} bytes)`);
}
