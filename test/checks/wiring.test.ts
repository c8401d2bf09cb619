import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ReportedFinding } from '../../checks/finding';
import { judgedChain, linksIn } from '../../checks/judged-chain';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import { readSources } from '../../manifests/reading/read';
import { chainsNamed } from '../../simulate/monitoring/chain';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';

/**
 * Manifests that the projects of monitoring ship themselves, wired to each other (`wiring/SET.yaml`, the name of each file before it), and every
 * wire of them cut on purpose (`wiring/cuts.yaml`). What is whole raises no alarm that is not listed here, and what is cut is found in its place.
 */
const folder = join(__dirname, 'wiring');

type Texts = ReadonlyMap<string, string>;

function textsOf(set: string): Texts {
  const [, ...parts] = readFileSync(join(folder, `${set}.yaml`), 'utf8').split(/^# (\S+\.yaml)\n/m);
  return new Map(parts.flatMap((name, i) => (i % 2 === 0 ? [[name, parts[i + 1]!] as const] : [])));
}

const SETS = ['discovery', 'kube-state-metrics', 'operator', 'prometheus-adapter', 'thanos'];
const whole = new Map(SETS.map((set) => [set, textsOf(set)]));

/** What may be said of wires: security, resources and the like are no matter here. */
const rules = checks.filter(({ group }) => ['monitoring', 'networking', 'references', 'scaling'].includes(group));

function worldOf(texts: Texts, isAll: boolean): World {
  const { resources, unreadable } = readSources([...texts].map(([file, text]) => ({ file, text })));
  expect(unreadable).toEqual([]);
  return new World(resources, new Facts([], undefined, [], isAll), isAll ? [] : undefined);
}

/** The end of a path is enough to know the file. */
const ending = (file: string) => file.replace(/^.*\//, '');

function lineOf(texts: Texts, file: string, line: number): string {
  return `${ending(file)}: ${texts.get(file)!.split('\n')[line - 1]!.trim()}`;
}

const textOf = (texts: Texts, { verdict, check, file, line }: ReportedFinding) =>
  `${verdict} ${check} ${lineOf(texts, file, line)}`;

const judged = (texts: Texts, isAll: boolean, those = rules) =>
  runChecks(worldOf(texts, isAll), those).map((finding) => textOf(texts, finding));

/** What is truly wrong with what they ship, or needs what stands elsewhere. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  discovery: ['fail workload-isolated prometheus.yaml: name: prometheus'],
  'kube-state-metrics': ['unknown netpol-enforced-by-cni alertmanager.yaml: spec:'],
  operator: [
    // The certificate is made by whoever installs it.
    'fail secret-exists deployment.yaml: secretName: admission-webhook-certs',
    // Guides of which each has a Prometheus of its own.
    'fail monitor-selected example-app-pod-monitor.yaml: labels:',
    'fail monitor-selected prometheus-operator-service-monitor.yaml: labels:',
    'fail monitor-selected service-monitor.yaml: labels:',
    // It serves TLS by default and is asked by http; and vector(1) has no label namespace, by which alone the AlertmanagerConfig takes alerts.
    'fail scrape-answered service-monitor.yaml: - honorLabels: true',
    'fail alert-routed alertmanager-selector-example.yaml: spec:',
    'fail workload-isolated example-app-deployment.yaml: name: example-app',
  ],
  'prometheus-adapter': [
    'fail workload-isolated namespace.yaml: name: prometheus-adapter-e2e',
    // A role that its README asks for, and that is not among its manifests.
    'fail rbac-roleref-exists cluster-role-binding-hpa-custom-metrics.yaml: name: custom-metrics-server-resources',
  ],
  thanos: ['fail workload-isolated query-deployment.yaml: name: thanos-query'],
};

/** What is only asked, where more may stand elsewhere: the account of a controller of Kubernetes. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  'prometheus-adapter': [
    'unknown rbac-subject-exists cluster-role-binding-hpa-custom-metrics.yaml: name: horizontal-pod-autoscaler',
  ],
};

describe('what is whole raises no alarm', () => {
  test.each(SETS)('%s, with all that there is', (set) => {
    expect(judged(whole.get(set)!, true).sort()).toEqual([...KNOWN[set]!].sort());
  });
  test.each(SETS)('%s, with more elsewhere', (set) => {
    const known = [...KNOWN[set]!, ...(ASKED[set] ?? [])].map((text) => text.replace(/^\w+ /, ''));
    for (const text of judged(whole.get(set)!, false)) expect(known).toContain(text.replace(/^\w+ /, ''));
  });
});

type Cut = readonly [wire: string, set: string, file: string, from: string, to: string, said: string];

const cuts = parse(readFileSync(join(folder, 'cuts.yaml'), 'utf8')) as readonly Cut[];

/** The checks that tell of cuts: all are asked of what is whole. */
const telling = rules.filter(({ id }) => cuts.some(([, , , , , said]) => said.split(' ')[1] === id));

function afterCut([, set, file, from, to]: Cut): Texts {
  const texts = whole.get(set)!;
  const [name = '', ...others] = [...texts.keys()].filter((each) => `/${each}`.endsWith(`/${file}`));
  const text = texts.get(name) ?? '';
  // Another place with the same words would be another cut than was meant.
  expect([others.length, text.split(from).length]).toEqual([0, 2]);
  return new Map([...texts, [name, text.replace(from, () => to)]]);
}

function brokenLinks(texts: Texts, alert: string): readonly string[] {
  const world = worldOf(texts, true);
  return [...linksIn(judgedChain(world, chainsNamed(world, alert), rules))]
    .filter(({ state, file }) => state === 'breaks' && file !== undefined)
    .map(({ file, line }) => lineOf(texts, file!, line!));
}

describe('a wire that is cut is found', () => {
  test.each(cuts)('%s (%s)', (...cut) => {
    const texts = afterCut(cut);
    const [, chain, place] = /^chain (\S+) (.*)$/.exec(cut[5]) ?? [];
    if (chain !== undefined) {
      expect(brokenLinks(whole.get(cut[1])!, chain)).not.toContain(place);
      expect(brokenLinks(texts, chain)).toContain(place);
      return;
    }
    const known = [...KNOWN[cut[1]]!, ...(ASKED[cut[1]] ?? [])];
    expect(known).not.toContain(cut[5]);
    expect(judged(texts, true, telling)).toContain(cut[5]);
    // Where more may stand elsewhere, a name of the cluster that is not here is no alarm, nor is the Secret of an Alertmanager; all else is found
    // too, perhaps as what may be.
    const places = known.map((text) => text.replace(/^\w+ /, ''));
    const found = judged(texts, false, telling).filter((text) => !places.includes(text.replace(/^\w+ /, '')));
    if (!/^fail (config-host-resolves|receiver-reachable \S+ - url:|alert-routed \S+ spec:$)/.test(cut[5]))
      expect(found).not.toEqual([]);
  });
});
