import type { Mutant } from './mutators';

/** A change that no test can notice, because the program does the same with it. */
export interface Equivalent {
  /** From the root; any file when left out. */
  readonly file?: string;
  /** The whole line without indentation, or a pattern of it. */
  readonly line: string | RegExp;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

export const EQUIVALENTS: readonly Equivalent[] = [
  {
    file: 'checks/references.ts',
    line: "if (kind === 'PersistentVolumeClaim' || key === undefined || !keyPath) return undefined;",
    original: "kind === 'PersistentVolumeClaim' || key === undefined || !keyPath",
    replacement: "kind === 'PersistentVolumeClaim' || key === undefined",
    reason: 'a reference with a key has the path of the key; the condition is for the types',
  },
  {
    file: 'checks/rules/gitops/apply-order-valid.ts',
    line: 'if (!claim) continue;',
    original: 'continue;',
    replacement: ';',
    reason: 'nobody asks for the users of a claim that is not there',
  },
  {
    file: 'checks/rules/monitoring/monitor-resolves.ts',
    line: 'if (first && ends.every((end) => end !== undefined))',
    original: 'first && ends.every((end) => end !== undefined)',
    replacement: 'ends.every((end) => end !== undefined)',
    reason:
      'there is one Service at least, and where every end is there the first one is; the condition is for the types',
  },
  {
    file: 'checks/rules/references/issuer-exists.ts',
    line: "(string(ref?.['group']) || 'cert-manager.io') !== 'cert-manager.io'",
    original: '?.',
    replacement: '',
    reason: 'with a name there is a reference; the condition is for the types',
  },
  {
    file: 'checks/rules/networking/system-flow-allowed.ts',
    line: 'if (namespace !== undefined && name !== undefined)',
    original: 'namespace !== undefined && name !== undefined',
    replacement: 'namespace !== undefined',
    reason: 'no Service is found without a name either; the condition is for the types',
  },
  {
    file: 'checks/rules/networking/system-flow-allowed.ts',
    line: 'if (namespace !== undefined && name !== undefined)',
    original: 'namespace !== undefined && name !== undefined',
    replacement: 'name !== undefined',
    reason: 'no Service is found without a namespace either; the condition is for the types',
  },
  {
    file: 'checks/rules/resources/limitrange-conforms.ts',
    line: 'else if (request !== undefined && request > most)',
    original: 'request !== undefined && request > most',
    replacement: 'request > most',
    reason: 'nothing is more than an amount that is not there; the condition is for the types',
  },
  {
    file: 'checks/rules/references/tls-authority-exists.ts',
    line: "const key = [world.namespaceOf(policy), ref?.['kind'], ref?.['name'], ref?.['sectionName'] ?? ''].join('/');",
    original: "'/'",
    replacement: "'mutated'",
    reason: 'a key of a map: what stands between its parts is seen by nobody',
  },
  {
    file: 'checks/rules/resources/limitrange-conforms.ts',
    line: 'else if (limit !== undefined && limit < least)',
    original: 'limit !== undefined && limit < least',
    replacement: 'limit < least',
    reason: 'what is not there is not less than an amount; the condition is for the types',
  },
  {
    file: 'simulate/admission/pod-security.ts',
    line: 'known.set(level, inquiry);',
    original: 'known.set(level, inquiry);',
    replacement: ';',
    reason: 'a cache: it saves time',
  },
  {
    file: 'checks/suppression/suppress.ts',
    line: "if (object.includes('*'))",
    original: "object.includes('*')",
    replacement: 'true',
    reason: 'a name without a star is a pattern of itself; the index saves time',
  },
  {
    file: 'world/pods.ts',
    line: 'return buckets.length === 0',
    original: 'buckets.length === 0',
    replacement: 'true',
    reason: 'the index saves time: what it finds is looked at again',
  },
  {
    file: 'world/pods.ts',
    line: ': buckets.reduce((least, bucket) => (bucket.length < least.length ? bucket : least));',
    original: 'bucket.length < least.length',
    replacement: 'true',
    reason: 'any of the lists will do, the shortest one is the fastest',
  },
  {
    file: 'world/pods.ts',
    line: ': buckets.reduce((least, bucket) => (bucket.length < least.length ? bucket : least));',
    original: 'bucket.length < least.length',
    replacement: 'false',
    reason: 'any of the lists will do, the shortest one is the fastest',
  },
  {
    file: 'world/writers.ts',
    line: 'return (accounts.size === 0 ? [] : world.workloads).flatMap((workload) => {',
    original: 'accounts.size === 0',
    replacement: 'false',
    reason: 'no workload has an account of none; the condition saves time',
  },
  {
    file: 'simulate/network/network.ts',
    line: ': labels.complete',
    original: 'labels.complete',
    replacement: 'false',
    reason: 'the index saves time: what it finds is looked at again',
  },
  {
    file: 'world/creates.ts',
    line: "if (typeof created === 'string') continue;",
    original: "typeof created === 'string'",
    replacement: 'false',
    reason: 'objects of unknown names would be kept under a key that nobody asks for',
  },
  {
    file: 'cli/options/parse.ts',
    line: "return [name, option.repeatable ? value : (value?.[0] ?? ('default' in option ? option.default : undefined))];",
    original: "'default' in option",
    replacement: 'true',
    reason: 'an option without a default has none; the condition is for the types',
  },
  {
    file: 'world/prometheus.ts',
    line: "if (port === undefined || (group?.['type'] !== 'A' && group?.['type'] !== 'AAAA')) continue;",
    original: '?.',
    replacement: '',
    reason: 'with a port there is a group; the condition is for the types',
  },
  {
    file: 'world/written-amounts.ts',
    line: "if (amount === undefined || (typeof written !== 'string' && typeof written !== 'number')) return [];",
    original: "amount === undefined || (typeof written !== 'string' && typeof written !== 'number')",
    replacement: 'amount === undefined',
    reason: 'nothing but strings and numbers is an amount; the condition is for the types',
  },
  {
    file: 'world/routes.ts',
    line: 'if (!ref || name === undefined) return;',
    original: '!ref || name === undefined',
    replacement: 'name === undefined',
    reason: 'with a name there is a reference; the condition is for the types',
  },
  {
    file: 'checks/variants.ts',
    line: 'if (conflicts.get(a)?.has(b) || isDeepStrictEqual(one.object, other.object)) continue;',
    original: 'conflicts.get(a)?.has(b) || isDeepStrictEqual(one.object, other.object)',
    replacement: 'isDeepStrictEqual(one.object, other.object)',
    reason: 'what conflicts already is not compared again; the condition saves time',
  },
  {
    file: 'cli/verify.ts',
    line: "verdict === 'fail' && (severity === 'will-break' || all || format !== 'text'),",
    original: "verdict === 'fail' && (severity === 'will-break' || all || format !== 'text')",
    replacement: "verdict === 'fail'",
    reason: 'where advice comes from is not printed; the condition saves time',
  },
];

/** The entry that a mutant falls under. */
export function equivalentOf(
  { file, original, replacement }: Mutant,
  line: string,
  entries: readonly Equivalent[] = EQUIVALENTS,
): Equivalent | undefined {
  return entries.find(
    (entry) =>
      (entry.file === undefined || entry.file === file) &&
      (typeof entry.line === 'string' ? entry.line === line : entry.line.test(line)) &&
      entry.original === original &&
      entry.replacement === replacement,
  );
}
