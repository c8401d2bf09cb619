import { StrataError } from '../model/errors';
import type { KubernetesObject } from '../model/kubernetes';
import { objectName } from '../model/kubernetes';

/** A key or a value that YAML cannot hold so that every reader reads it back. */
export class Unwritable extends Error {
  constructor(
    private readonly what: unknown,
    message: string,
    private readonly fix: string,
  ) {
    super(message);
  }

  /** The same for a person, with the place in the document. */
  in(document: unknown): StrataError {
    const { kind, metadata } = { ...(document as Partial<KubernetesObject> | undefined) };
    const object = kind !== undefined && metadata?.name !== undefined ? objectName(document as KubernetesObject) : '';
    const path = pathTo(document, this.what)?.map(shown).join('.') ?? '';
    return new StrataError([object, path].filter(Boolean).join(', ') || 'YAML', this.message, [this.fix]);
  }
}

/** The keys that lead to a key or a value. */
function pathTo(document: unknown, what: unknown): string[] | undefined {
  if (Object.is(document, what)) return [];
  if (document === null || typeof document !== 'object') return undefined;
  for (const [key, field] of Object.entries(document)) {
    if (key === what) return [key];
    const below = pathTo(field, what);
    if (below) return [key, ...below];
  }
  return undefined;
}

function shown(key: string): string {
  const whole = key.replace(/\p{Surrogate}/gu, '\ufffd');
  return whole.length > 40 ? `${whole.slice(0, 40)}…` : whole;
}
