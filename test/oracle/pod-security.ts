/**
 * Kubernetes' own Pod Security admission as the oracle of the checks of pods: random pods, each judged under every policy.
 *
 *   npm run oracle:pod-security -- [PODS] [SEED]                                                its evaluator, a Go module (needs Go)
 *   STRATA_TEST_CLUSTER=path/to/cluster npm run oracle:pod-security -- [PODS] [SEED]   the API server of a test cluster that is up
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Json } from '../../manifests/resource';
import { Resource, string } from '../../manifests/resource';
import { WorkloadManifest } from '../../manifests/workload';
import type { StandardLevel } from '../../upstream/pod-security/admission';
import { LABEL_PREFIX, namespacePolicy, violations, violationsText } from '../../upstream/pod-security/admission';
import { securedPod } from '../../upstream/pod-security/pod';
import { ApiServer } from './api-server';
import { random } from './mutate';
import { randomPod } from './pod-security-pods';

interface Disagreement {
  readonly policy: string;
  readonly server: number;
  readonly theirs: string;
  readonly ours: string;
  readonly object: unknown;
}

/** What our own finding of a pod is, in the admission's words; empty where it is allowed. */
function ours(object: Json, policy: string, server: number): string {
  const workload = WorkloadManifest.of(new Resource(object, { file: '-', text: '' }, 0), 'oracle');
  if (!workload) throw new Error('no pod');
  return violationsText(violations(securedPod(workload), parse(policy), server));
}

function parse(policy: string): StandardLevel {
  const [level, version = ''] = policy.split(':');
  return namespacePolicy({ [`${LABEL_PREFIX}enforce`]: level!, [`${LABEL_PREFIX}enforce-version`]: version }).enforce!;
}

/** Against the evaluator of Kubernetes' own module: every policy version, on servers that serve every field. */
function evaluator(program: string, count: number, seed: number): Disagreement[] {
  const next = random(seed);
  const versions = [...Array.from({ length: 41 }, (_, i) => `v1.${i}`), 'latest'];
  const policies = [
    'privileged:latest',
    ...['baseline', 'restricted'].flatMap((level) => versions.map((version) => `${level}:${version}`)),
  ];
  const questions = Array.from({ length: count }, (_, i) => ({
    pod: randomPod(`p${i}`, next, true),
    policies,
    server: 33 + Math.floor(next() * 5),
  }));
  const { stdout, status, stderr } = spawnSync(program, {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(stderr);
  const matrix = {
    'both allow': 0,
    'both refuse, in the same words': 0,
    'both refuse, in other words': 0,
    'they disagree': 0,
  };
  const wrong: Disagreement[] = [];
  for (const [i, line] of stdout.trim().split('\n').entries()) {
    const { pod, server } = questions[i]!;
    for (const [j, theirs] of (JSON.parse(line) as string[]).entries()) {
      const own = ours(pod, policies[j]!, server);
      const kind =
        (theirs === '') !== (own === '')
          ? 'they disagree'
          : theirs === ''
            ? 'both allow'
            : theirs === own
              ? 'both refuse, in the same words'
              : 'both refuse, in other words';
      matrix[kind]++;
      if (theirs !== own) wrong.push({ policy: policies[j]!, server, theirs, ours: own, object: pod });
    }
  }
  console.log(`${questions.length} pods, ${policies.length} policies`, matrix);
  return wrong;
}

/** Against an API server: namespaces with these levels and versions, pods with dry-run. */
async function apiServer(count: number, seed: number, minor: number): Promise<Disagreement[]> {
  const next = random(seed);
  const server = ApiServer.fromKubeconfig(process.env.KUBECONFIG ?? '');
  const versions = ['v1.18', 'v1.22', 'v1.24', 'v1.28', 'v1.29', 'v1.31', 'v1.32', 'v1.34', 'v1.35', 'v1.99', 'latest'];
  const policies = [
    'privileged:latest',
    ...['baseline', 'restricted'].flatMap((level) => versions.map((version) => `${level}:${version}`)),
  ];
  for (const policy of policies) {
    const [level, version] = policy.split(':');
    const name = nameOf(policy);
    await server.create(
      '/api/v1/namespaces',
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { [`${LABEL_PREFIX}enforce`]: level, [`${LABEL_PREFIX}enforce-version`]: version } },
      },
      false,
    );
    await server.create(
      `/api/v1/namespaces/${name}/serviceaccounts`,
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
      false,
    );
  }
  const matrix = {
    'both allow': 0,
    'both refuse, in the same words': 0,
    'both refuse, in other words': 0,
    'they disagree': 0,
    'refused by validation': 0,
  };
  const wrong: Disagreement[] = [];
  let pods = 0;
  let tried = 0;
  const work = async (): Promise<void> => {
    while (pods < count && tried < count * 10) {
      const pod = randomPod(`p${tried++}`, next, false);
      const asked = [
        policies[0]!,
        ...['baseline', 'restricted'].map((level) => `${level}:${versions[Math.floor(next() * versions.length)]}`),
      ];
      for (const policy of asked) {
        const { status, body } = await server.create(`/api/v1/namespaces/${nameOf(policy)}/pods`, pod);
        const theirs =
          status === 403
            ? (/violates PodSecurity "[^"]*": (.*)$/s.exec(string(body['message']) ?? '')?.[1] ??
              `403 ${string(body['message'])}`)
            : status < 300
              ? ''
              : undefined;
        if (theirs === undefined) {
          matrix['refused by validation']++;
          break;
        }
        if (policy === asked[0]) pods++;
        const own = ours(pod, policy, minor);
        const kind =
          (theirs === '') !== (own === '')
            ? 'they disagree'
            : theirs === ''
              ? 'both allow'
              : theirs === own
                ? 'both refuse, in the same words'
                : 'both refuse, in other words';
        matrix[kind]++;
        // Servers word the AppArmor annotation differently, and one from 1.30 on makes a field of it before it asks.
        if (kind === 'they disagree' || (kind === 'both refuse, in other words' && !theirs.includes('AppArmor')))
          wrong.push({ policy, server: minor, theirs, ours: own, object: pod });
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  console.log(`Kubernetes 1.${minor}: ${pods} pods that are valid, in ${policies.length} namespaces`, matrix);
  return [...wrong, ...(await labels(server, next, minor))];
}

/** Which labels of a namespace the server reads. */
async function labels(server: ApiServer, next: () => number, minor: number): Promise<Disagreement[]> {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  const wrong: Disagreement[] = [];
  for (let i = 0; i < 300; i++) {
    const set: Record<string, string> = {};
    for (const mode of ['enforce', 'audit', 'warn'].slice(0, pick([1, 2, 3]))) {
      if (next() < 0.8)
        set[LABEL_PREFIX + mode] = pick([
          'privileged',
          'baseline',
          'restricted',
          'baseline',
          'Restricted',
          'restrictd',
          '',
        ]);
      if (next() < 0.6)
        set[`${LABEL_PREFIX}${mode}-version`] = pick([
          'latest',
          'v1.31',
          'v1.0',
          'v1.100',
          'v1.031',
          '1.31',
          'v1.31.2',
          'v2.0',
          'Latest',
          '',
        ]);
    }
    const { status, body } = await server.create('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `labels-${i}`, labels: set },
    });
    const own = namespacePolicy(set)
      .unread.map(({ label, problem }) => `${label} ${problem}`)
      .join(', ');
    if (status < 300 !== (own === ''))
      wrong.push({
        policy: 'labels',
        server: minor,
        theirs: `${status} ${string(body['message'])}`,
        ours: own,
        object: set,
      });
  }
  console.log(`300 sets of labels: ${wrong.length} disagreements`);
  return wrong;
}

function nameOf(policy: string): string {
  return policy.replace(/[:.]/g, '-');
}

const [mode, count = '1000', seed = '1', out = 'pod-security.json', more = ''] = process.argv.slice(2);
void (
  mode === 'server'
    ? apiServer(Number(count), Number(seed), Number(more))
    : Promise.resolve(evaluator(more, Number(count), Number(seed)))
).then((wrong) => {
  writeFileSync(out, JSON.stringify(wrong, null, 1));
  process.exitCode = wrong.length > 0 ? 1 : 0;
});
