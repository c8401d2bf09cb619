/**
 * Kubernetes' own code as the oracle of upstream/kubernetes/releases: kubeadm's rules of upgrades, for every pair of versions and forms of
 * them that are no plain release, and which feature gates let a component start, each for every minor version that is known.
 *
 *   npm run oracle:upgrade -- [COUNT] [SEED] [OUT] [MINOR…]     (needs Go; builds a program for each minor version, a minute each)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { releasesData } from '../../upstream/kubernetes/data';
import { componentVersionIn } from '../../upstream/kubernetes/releases/component-version';
import { gateProblems } from '../../upstream/kubernetes/releases/feature-gates';
import { kubeadmRefusal } from '../../upstream/kubernetes/releases/kubeadm';
import { random } from './mutate';

const [, , count = '', seed = '', out = '', ...programs] = process.argv;
const next = random(Number(seed));
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
const MINORS = Array.from({ length: 12 }, (_, i) => 27 + i);
const FORMS = [
  '.0',
  '.3',
  '.15',
  '.0-alpha.1',
  '.0-beta.0',
  '.0-rc.1',
  '.2-rc.0',
  '.1-gke.100',
  '.4+k3s1',
  '.0-alpha.10',
];
const COMPONENTS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kube-proxy',
  'kubelet',
  'kubeadm',
] as const;

interface UpgradeQuestion {
  readonly Cluster: string;
  readonly Kubeadm: string;
  readonly To: string;
  readonly Kubelets: readonly string[];
  readonly Experimental: boolean;
  readonly Candidates: boolean;
}

/** From every minor version to every other one by one kubeadm, then at random. */
function upgradesOf(kubeadm: number): UpgradeQuestion[] {
  const version = (minor: number) => `v1.${minor}${next() < 0.4 ? pick(FORMS) : `.${Math.floor(next() * 20)}`}`;
  const around = (): Pick<UpgradeQuestion, 'Kubelets' | 'Experimental' | 'Candidates'> => ({
    // Kubeadm lists those that are too old in no order.
    Kubelets: next() < 0.05 ? ['kwok-0.8.0'] : [version(pick(MINORS))],
    Experimental: next() < 0.2,
    Candidates: next() < 0.2,
  });
  const pairs = MINORS.flatMap((from) => MINORS.map((to) => [from, to] as const)).map(([from, to]) => ({
    Cluster: `v1.${from}.1`,
    Kubeadm: `v1.${kubeadm}.2`,
    To: `v1.${to}.2`,
    Kubelets: [`v1.${from}.1`],
    Experimental: false,
    Candidates: false,
  }));
  const others = Array.from({ length: Number(count) }, () => ({
    Cluster: version(pick(MINORS)),
    Kubeadm: version(kubeadm),
    To: version(next() < 0.5 ? kubeadm : pick(MINORS)),
    ...around(),
  }));
  return [...pairs, ...others];
}

interface GateQuestion {
  readonly Component: (typeof COMPONENTS)[number];
  readonly Gates: Readonly<Record<string, boolean>>;
}

const { gates } = releasesData();
const EVERY_GATE = [...new Set([...Object.values(gates).flatMap(Object.keys), 'NoSuchGate', 'allAlpha'])].sort();

/** Each gate alone, on and off, then some together. */
function gatesOf(minor: number): GateQuestion[] {
  const alone = COMPONENTS.flatMap((Component) =>
    EVERY_GATE.flatMap((gate) => [true, false].map((value) => ({ Component, Gates: { [gate]: value } }))),
  );
  // Those that a version knows: one that it does not know hides all else.
  const known = EVERY_GATE.filter(
    (gate) => gateProblems('kubelet', new Map([[gate, true]]), minor)[0]?.startsWith('unrecognized') !== true,
  );
  const together = Array.from({ length: Number(count) }, () => ({
    Component: pick(COMPONENTS.filter((name) => name !== 'kubeadm')),
    Gates: Object.fromEntries(Array.from({ length: 1 + Math.floor(next() * 5) }, () => [pick(known), next() < 0.5])),
  }));
  return [...alone, ...together];
}

interface Answer {
  readonly Mandatory: readonly string[];
  readonly Skippable: readonly string[];
  readonly Gates: readonly string[];
}

const differences: unknown[] = [];
let asked = 0;
let refused = 0;
for (const program of programs) {
  const minor = Number(/(\d+)\/built$/.exec(program)?.[1]);
  const questions = [...upgradesOf(minor), ...gatesOf(minor)];
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
    .trim()
    .split('\n');
  if (answers.length !== questions.length)
    throw new Error(`${answers.length} answers to ${questions.length} questions`);
  for (const [i, question] of questions.entries()) {
    const theirs = JSON.parse(answers[i]!) as Answer;
    const [ours, wanted] = 'Component' in question ? ofGates(question, theirs, minor) : ofUpgrade(question, theirs);
    asked += 1;
    if (wanted !== '' && wanted !== '[[],[]]') refused += 1;
    if (ours !== wanted) differences.push({ minor, question, ours, theirs: wanted });
  }
}

function ofUpgrade(question: UpgradeQuestion, { Mandatory, Skippable }: Answer): [string, string] {
  const { mandatory, skippable } = kubeadmRefusal({
    cluster: componentVersionIn(question.Cluster)!,
    kubeadm: componentVersionIn(question.Kubeadm)!,
    to: componentVersionIn(question.To)!,
    kubelets: question.Kubelets,
    experimental: question.Experimental,
    candidates: question.Candidates,
  });
  return [JSON.stringify([mandatory, skippable]), JSON.stringify([Mandatory, Skippable])];
}

/** Of several problems Kubernetes' code says those that it comes to, in no order: whether it starts, and, if one gate is set, why not. */
function ofGates({ Component, Gates }: GateQuestion, { Gates: theirs }: Answer, minor: number): [string, string] {
  const ours = gateProblems(Component, new Map(Object.entries(Gates)), minor);
  if (Object.keys(Gates).length > 1) return [wordFor(ours), wordFor(theirs)];
  const texts = theirs.flatMap((text) => (text.startsWith('[') ? text.slice(1, -1).split(/, (?=[A-Z])/) : [text]));
  return [[...ours].sort().join(), texts.sort().join()];
}

function wordFor(problems: readonly string[]): string {
  return problems.length > 0 ? 'does not start' : '';
}

console.log(
  `${programs.length} minor versions, ${asked} questions, ${refused} refused: ${differences.length} differences`,
);
for (const difference of differences.slice(0, 20)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(differences, null, 1));
process.exitCode = differences.length > 0 ? 1 : 0;
