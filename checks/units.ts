import type { Quantity } from '../manifests/quantity';
import { parseQuantity, quantityText, wholeQuantity } from '../manifests/quantity';
import type { World } from '../world/world';
import type { WrittenAmount } from '../world/written-amounts';
import { writtenAmounts } from '../world/written-amounts';
import type { Finding, Severity } from './check';

const MEBIBYTE = wholeQuantity(2 ** 20);
/** Below this a file system cannot hold a file. */
const PAGE = wholeQuantity(4096);
/** More than any machine has. */
const MOST_MEMORY = wholeQuantity(2 ** 46);
const MOST_CORES = wholeQuantity(4096);
/** Few machines have as many cores, and 500 is often written for 500m. */
const MANY_CORES = wholeQuantity(100);

/** Quantities whose unit cannot be meant, `memory: 256m` or `cpu: 100Mi`: those that break something, or those that only have no effect. */
export function* unitFindings(world: World, severity: Severity): Iterable<Finding> {
  for (const written of writtenAmounts(world)) {
    const found = written.amount > 0n ? judge(world, written) : undefined;
    if (found?.severity !== severity) continue;
    const { resource, path, written: value } = written;
    const fix = fixOf(written);
    yield {
      resource,
      path,
      value,
      message: found.message,
      ...(found.verdict ? { verdict: found.verdict } : {}),
      ...(fix ? { fix } : {}),
    };
  }
}

interface Judged {
  readonly severity: Severity;
  readonly message: string;
  readonly verdict?: 'unknown';
}

function judge(world: World, written: WrittenAmount): Judged | undefined {
  // `requests.memory` of a quota is memory.
  const name = written.name.replace(/^(requests|limits)\./, '');
  if (name === 'cpu') return judgeCores(world, written);
  if (['memory', 'ephemeral-storage', 'storage', 'sizeLimit'].includes(name)) return judgeBytes(written, name);
  return undefined;
}

function judgeBytes({ written, amount, use, who }: WrittenAmount, name: string): Judged | undefined {
  const isDisk = name !== 'memory';
  const tiny = amount < (isDisk && use !== 'claim' && use !== 'ceiling' ? PAGE : MEBIBYTE);
  const is = `${name} ${written} is ${bytes(amount)}`;
  if (tiny) {
    switch (use) {
      case 'limit':
      case 'limit-and-request':
        return {
          severity: 'will-break',
          message: isDisk
            ? `${is}: the pod is evicted as soon as ${who} writes anything`
            : `${is}: no process fits into it, so ${who} cannot start`,
        };
      case 'sizeLimit':
        return {
          severity: 'will-break',
          message: `${is}: the pod is evicted as soon as anything is written to ${who}`,
        };
      case 'ceiling':
        return { severity: 'will-break', message: `${is}: nothing that asks for ${name} is admitted` };
      default:
        return {
          severity: 'advice',
          message:
            use === 'claim'
              ? `${is}: ${who} gets the smallest volume that the provisioner makes`
              : `${is}: as good as nothing is reserved for ${who}`,
        };
    }
  }
  if (isDisk || amount <= MOST_MEMORY) return undefined;
  if (use === 'request' || use === 'limit-and-request')
    return { severity: 'will-break', message: `${is}: no node has as much, so the pod stays Pending` };
  return use === 'limit'
    ? { severity: 'advice', message: `${is}: no node has as much, so it limits nothing` }
    : undefined;
}

function judgeCores(world: World, { written, amount, use, who }: WrittenAmount): Judged | undefined {
  if (use === 'ceiling') return undefined;
  const is = `cpu ${written} is ${cores(amount)} cores`;
  const isRequest = use === 'request' || use === 'limit-and-request';
  if (amount > MOST_CORES)
    return isRequest
      ? { severity: 'will-break', message: `${is}: no node has as many, so the pod stays Pending` }
      : { severity: 'advice', message: `${is}: no node has as many, so it does not limit ${who}` };
  if (!isRequest || amount < MANY_CORES) return undefined;
  const nodes = world.facts.known('nodes');
  if (!nodes)
    return {
      severity: 'will-break',
      verdict: 'unknown',
      message: `${is}: whether a node has as many is not known (few machines do), and if none has, the pod stays Pending; give the output of \`kubectl get nodes -o yaml\``,
    };
  const sizes = nodes.map((node) => parseQuantity(node.at(['status', 'allocatable', 'cpu'])));
  if (sizes.some((size) => size === undefined || size >= amount)) return undefined;
  return {
    severity: 'will-break',
    message: `${is}: none of the ${nodes.length} nodes has as many, so the pod stays Pending`,
  };
}

/** The unit that was probably meant. */
function fixOf({ written, name, amount }: WrittenAmount): string | undefined {
  const [, digits, suffix] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(String(written)) ?? [];
  if (digits === undefined) return undefined;
  if (name.endsWith('cpu'))
    return suffix === '' || /^([KMG]i?|k)$/.test(suffix ?? '')
      ? `write ${digits}m for thousandths of a core, or whole cores`
      : undefined;
  return amount < MEBIBYTE && (suffix === 'm' || suffix === '')
    ? `write ${digits}Mi for mebibytes, or ${digits}Gi for gibibytes`
    : undefined;
}

function bytes(amount: Quantity): string {
  return amount < wholeQuantity(1)
    ? 'less than a byte'
    : amount < MEBIBYTE
      ? `${amount / wholeQuantity(1)} bytes`
      : quantityText(amount, 'memory');
}

function cores(amount: Quantity): string {
  return quantityText(amount, 'cpu');
}
