import type { Finding, JudgingRule } from '../../checks/check';
import type { World } from '../../world/world';

/** Checks that show a field of what stands at the path: the whole of it would say less. */
const SHOW_A_PART: ReadonlySet<string> = new Set([
  ...['alertmanager-config-valid', 'declared-flow-allowed', 'gateway-flow-allowed', 'hpa-target-unique'],
  ...['hpa-vpa-signals', 'ingress-backend', 'listenerset-attached', 'metrics-server-trusts-kubelets'],
  ...['netpol-enforced-by-cni', 'route-allowed-by-listener', 'scrape-flow-allowed', 'system-flow-allowed'],
]);

/** Checks that may show what does not stand there: a default, a count, a key, a text as a program reads it, or no secret. */
const SHOW_ANOTHER: ReadonlySet<string> = new Set([
  ...['cr-schema', 'hpa-metric-served', 'metric-exists', 'netpol-types-consistent', 'prom-config-rules-valid'],
  ...['scrape-target-resolves', 'secret-literal', 'store-fits-limit', 'webhook-service-resolves'],
]);

/**
 * The same rule, each of whose findings must point at what it shows: its value stands at its path, and where it shows none, a
 * field is missing from what is there. A suite that asserts something else of a finding asserts this as well.
 */
export function pointing(rule: JudgingRule): JudgingRule {
  return {
    ...rule,
    *judge(world: World) {
      for (const finding of rule.judge(world)) {
        expect(misplacedBy(rule.id, finding)).toBeUndefined();
        yield finding;
      }
    },
  };
}

/** What is wrong with the place of a finding. */
export function misplacedBy(id: string, { resource, path, value }: Finding): string | undefined {
  const there = resource.at(path);
  const place = `${id}: ${path.join('.')}`;
  if (value === undefined || SHOW_ANOTHER.has(id))
    return resource.at(path.slice(0, -1)) === undefined ? `${place} is below what is not there` : undefined;
  const [shown, found] = [JSON.stringify(value), JSON.stringify(there)];
  if (there === undefined) return `${place} is not there, and ${shown} is shown`;
  const isShown =
    typeof there === 'string' ? isReadIn(there, String(value), resource.at(path.slice(0, -1))) : shown === found;
  return isShown || (SHOW_A_PART.has(id) && found.includes(shown)) ? undefined : `${place} is ${found}, not ${shown}`;
}

/** Whether a text is a part of another, or an address: its host is named there, and its port there or among the words of the command. */
function isReadIn(there: string, value: string, around: unknown): boolean {
  const [, host, port] = /^([\w.-]+):(\d+)$/.exec(value) ?? [];
  if (there.includes(value) || host === undefined) return there.includes(value);
  return there.includes(host) && (Array.isArray(around) ? around.join(' ') : there).includes(port!);
}
