/** A value that SOPS encrypted. */
const ENCRYPTED = /^ENC\[[A-Z0-9_]+,data:[^\]]*,tag:[^\]]*\]$/;

export function isEncrypted(value: unknown): boolean {
  return typeof value === 'string' && ENCRYPTED.test(value);
}

/** The fields of a Secret that hold its values. */
export const SECRET_VALUES = ['data', 'stringData'] as const;

/** Whether SOPS wrote an object: it adds a field of its own, with a code that tells whether somebody changed the file. */
export function isOfSops(object: Readonly<Record<string, unknown>>): boolean {
  const { sops } = object;
  return sops !== null && typeof sops === 'object' && isEncrypted((sops as Readonly<Record<string, unknown>>)['mac']);
}
