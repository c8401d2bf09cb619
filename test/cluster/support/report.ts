import type { Cluster } from './cluster';
import type { Event, Pod } from './kubernetes';
import { nameOf } from './kubernetes';

/** What the kernel of the machine makes every node say. */
const KNOWN_WARNINGS = ['CgroupV1'];

/** The test was not run, and an earlier one says why. */
export class NotTried extends Error {}

/** A figure or a step for the person who watches. */
export function say(line: string): void {
  process.stderr.write(`    ${line}\n`);
}

/** A test that, when it fails, says what a person would ask the cluster next. */
export function testOn(cluster: Cluster, name: string, run: () => Promise<void>, minutes = 10): void {
  test(name, () => explained(cluster, run), minutes * 60_000);
}

/** Runs something; its error gets the state of the cluster added. */
export async function explained<T>(cluster: Cluster, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && !(error instanceof NotTried))
      error.message += `\n\n${await stateOf(cluster).catch((failure: Error) => `no state to be had: ${failure.message}`)}`;
    throw error;
  }
}

/** Pods, warnings, and the logs of what does not run. */
async function stateOf(cluster: Cluster): Promise<string> {
  const { items } = JSON.parse(await cluster.kubectl('get', 'pods', '-A', '-o', 'json')) as { items: Pod[] };
  const failing = items.filter((pod) => !isReady(pod) && pod.status.phase !== 'Succeeded');
  const logs = await Promise.all(failing.map((pod) => logsOf(cluster, pod)));
  return [
    'Pods:',
    await cluster.kubectl('get', 'pods', '-A', '-o', 'wide'),
    'Warnings:',
    ...(await warningsOf(cluster)),
    ...logs,
  ].join('\n');
}

async function warningsOf(cluster: Cluster): Promise<string[]> {
  const { items } = JSON.parse(
    await cluster.kubectl('get', 'events', '-A', '--field-selector=type=Warning', '-o', 'json'),
  ) as { items: Event[] };
  return items
    .filter(({ reason }) => !KNOWN_WARNINGS.includes(reason))
    .slice(-25)
    .map(
      ({ involvedObject, reason, message }) =>
        `  ${involvedObject.kind} ${involvedObject.namespace ?? ''}/${involvedObject.name}: ${reason}: ${message}`,
    );
}

async function logsOf(cluster: Cluster, pod: Pod): Promise<string> {
  const { name, namespace = 'default' } = pod.metadata;
  const logs = (...more: string[]) =>
    cluster
      .kubectl('logs', '-n', namespace, name, '--all-containers', '--prefix', '--tail=25', ...more)
      .catch((error: Error) => error.message);
  const restarted = pod.status.containerStatuses?.some(({ restartCount }) => restartCount > 0);
  const [now, before] = [await logs(), restarted ? await logs('--previous') : ''];
  return [
    `${nameOf(pod)}: ${whyNotReady(pod)}`,
    now,
    ...(before && before !== now ? ['before its restart:', before] : []),
  ].join('\n');
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** One line on what a pod waits for. */
export function whyNotReady({ status }: Pod): string {
  const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
    .filter(({ ready }) => !ready)
    .map(
      ({ name, state }) =>
        `${name} ${Object.entries(state)
          .map(([word, { reason = '', message = '' }]) => `${word} ${reason} ${message}`.trim())
          .join()}`,
    );
  const conditions = (status.conditions ?? [])
    .filter((one) => one.status !== 'True' && one.message)
    .map(({ message }) => message);
  return [status.phase, ...containers, ...conditions].join('; ');
}
