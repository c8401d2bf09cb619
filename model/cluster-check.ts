import type { ClusterFacts, Pool } from './cluster-facts';
import { StrataError } from './errors';
import { checkLabel } from './names';
import { bytesProblem, cpuProblem, wholeProblem } from './quantity';

/** The oldest Kubernetes that is supported: the APIs of older ones are not known. */
const OLDEST_MINOR = 28;
const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const POD_SECURITY: readonly string[] = ['privileged', 'baseline', 'restricted'];

/** Throws where facts of a cluster cannot be: types are not there at run time, and everything rendered rests on them. */
export function checkCluster(name: string, facts: ClusterFacts): void {
  const place = `cluster ${name}`;
  checkLabel(place, name, 40);
  for (const { at, value, problem, fix } of problemsOf(facts)) {
    if (problem !== undefined)
      throw new StrataError(`${place}, ${at}`, `is ${JSON.stringify(value)}, which is ${problem}`, [fix]);
  }
}

interface Found {
  readonly at: string;
  readonly value: unknown;
  readonly problem: string | undefined;
  readonly fix: string;
}

function* problemsOf(facts: ClusterFacts): Iterable<Found> {
  const { kubernetes, domain, argoCluster, pools, storage, podSecurity, kubeletCertificates } = facts;
  yield {
    at: 'kubernetes',
    value: kubernetes,
    problem: versionProblem(kubernetes),
    fix: `write major and minor version as a string, '1.${OLDEST_MINOR}' or newer, such as '1.34'`,
  };
  yield {
    at: 'domain',
    value: domain,
    problem: domainProblem(domain),
    fix: "name a DNS domain, such as 'apps.example.com'",
  };
  yield {
    at: 'argoCluster',
    value: argoCluster,
    problem: typeof argoCluster === 'string' && argoCluster !== '' ? undefined : 'not a name',
    fix: 'say how Argo CD calls the cluster (the name of its cluster secret)',
  };
  yield {
    at: 'podSecurity',
    value: podSecurity,
    problem: POD_SECURITY.includes(podSecurity) ? undefined : `not one of ${POD_SECURITY.join(', ')}`,
    fix: `use one of ${POD_SECURITY.join(', ')}`,
  };
  yield {
    at: 'kubeletCertificates',
    value: kubeletCertificates,
    problem: ['signed', 'unsigned'].includes(kubeletCertificates) ? undefined : 'not signed or unsigned',
    fix: "use 'signed' or 'unsigned'",
  };
  const poolNames = Object.keys(pools ?? {});
  yield {
    at: 'pools',
    value: pools,
    problem: poolNames.length > 0 ? undefined : 'without nodes',
    fix: 'declare at least one pool',
  };
  for (const pool of poolNames) yield* poolProblems(`pools.${pool}`, (pools as Readonly<Record<string, Pool>>)[pool]!);
  yield* storageProblems(storage);
}

function* poolProblems(at: string, { nodes, allocatable, taints = [], zones }: Pool): Iterable<Found> {
  yield {
    at: `${at}.nodes`,
    value: nodes,
    problem: wholeProblem(nodes, 1),
    fix: 'say how many nodes it has, or remove the pool',
  };
  const { cpu, memory, pods } = allocatable ?? {};
  yield { at: `${at}.allocatable.cpu`, value: cpu, problem: cpuProblem(cpu), fix: "write CPU such as '2' or '3900m'" };
  yield {
    at: `${at}.allocatable.memory`,
    value: memory,
    problem: bytesProblem(memory),
    fix: "write a size such as '4Gi'",
  };
  if (pods !== undefined)
    yield { at: `${at}.allocatable.pods`, value: pods, problem: wholeProblem(pods, 1), fix: 'write a whole number' };
  yield {
    at: `${at}.zones`,
    value: zones,
    problem: zones?.length === 0 ? 'empty' : undefined,
    fix: 'name its zones, or leave the field out',
  };
  for (const taint of taints)
    yield {
      at: `${at}.taints`,
      value: taint,
      problem:
        EFFECTS.includes(taint.effect) && taint.key !== ''
          ? undefined
          : `not a taint with a key and one of ${EFFECTS.join(', ')}`,
      fix: "write it such as { key: 'workload', value: 'batch', effect: 'NoSchedule' }",
    };
}

function* storageProblems(storage: ClusterFacts['storage']): Iterable<Found> {
  const names = (storage ?? []).map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  yield {
    at: 'storage',
    value: twice,
    problem: twice === undefined ? undefined : 'declared twice',
    fix: 'give one of the two another name',
  };
  const standard = (storage ?? []).filter(({ isDefault }) => isDefault).map(({ name }) => name);
  yield {
    at: 'storage',
    value: standard,
    problem: standard.length > 1 ? 'more than one default class' : undefined,
    fix: 'leave isDefault to the one class that claims without a class get',
  };
}

function versionProblem(version: unknown): string | undefined {
  const minor = typeof version === 'string' ? /^1\.(\d+)$/.exec(version)?.[1] : undefined;
  if (minor === undefined) return 'not a Kubernetes version';
  return Number(minor) < OLDEST_MINOR ? `older than 1.${OLDEST_MINOR}, the oldest that is supported` : undefined;
}

function domainProblem(domain: unknown): string | undefined {
  return typeof domain === 'string' && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(domain)
    ? undefined
    : 'not a DNS domain';
}
