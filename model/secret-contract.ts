/** A key of a Secret that is filled outside of the rendered manifests. */
export interface SecretKey {
  readonly key: string;
  /** What its value is, in words. */
  readonly format: string;
  /** A shell command that prints a new value. @default - nobody but a person knows it */
  readonly make?: string;
  /**
   * The value, where it is made of other keys' values: each `<sha256 of KEY>` stands for a hash, in hexadecimal digits, and each
   * `<value of KEY>` for the value itself.
   * @default - it is a value of its own
   */
  readonly text?: string;
}

/** How a Secret comes into being. */
export type SecretOrigin =
  /** It is rendered: derived from names, in an environment in which nothing is worth hiding. */
  | { readonly from: 'generated' }
  /** External Secrets makes it from the entry of a ClusterSecretStore. */
  | { readonly from: 'store'; readonly store: string; readonly entry: string }
  /** It stands in Git, encrypted for the controller of Sealed Secrets or by SOPS: the file's path. */
  | { readonly from: 'sealed-secrets' | 'sops'; readonly file: string }
  /** There is no Secret: the Secrets Store CSI driver mounts files from the entry of a store. */
  | { readonly from: 'csi'; readonly provider: string; readonly entry: string }
  /** A person or a pipeline makes it. */
  | { readonly from: 'out-of-band' }
  /** Somebody else puts it there: the platform team of the cluster. */
  | { readonly from: 'cluster' };

/** A Secret that pods need, and what it must hold. No value of it is known. */
export interface SecretContract {
  readonly namespace: string;
  readonly name: string;
  /** @default 'Opaque' */
  readonly type?: string;
  readonly keys: readonly SecretKey[];
  /** Part of the name where values are rotated by hand. @default - the Secret has no revisions */
  readonly revision?: string;
  readonly origin: SecretOrigin;
}

/** What knows of Secrets that it needs. */
export interface ExpectsSecrets {
  readonly expectedSecrets: readonly SecretContract[];
}

export function expectsSecrets<T extends object>(thing: T): thing is T & ExpectsSecrets {
  return 'expectedSecrets' in thing;
}

/** What others must know of a Secret that they cannot see. */
export interface SecretOutline extends Pick<SecretContract, 'namespace' | 'name' | 'type'> {
  readonly keys: readonly string[];
}

export function outlineOf({ namespace, name, type, keys }: SecretContract): SecretOutline {
  return { namespace, name, ...(type === undefined ? {} : { type }), keys: keys.map(({ key }) => key) };
}

/** Whether nothing that is rendered makes the Secret. */
export function isMadeElsewhere({ origin }: SecretContract): boolean {
  return origin.from === 'out-of-band' || origin.from === 'cluster';
}

/** Stands in a text for the SHA-256 of another key's value. */
export function sha256Of(key: string): string {
  return `<sha256 of ${key}>`;
}

/** Stands in a text for another key's value, which must mean nothing in the format of the text: letters and digits. */
export function secretValueOf(key: string): string {
  return `<value of ${key}>`;
}

/** A text with all that stands in it for other keys replaced: their hashes, and their values. */
export function filledIn(text: string, hashOf: (key: string) => string, valueIn: (key: string) => string): string {
  return text.replace(/<(sha256|value) of ([-.\w]+)>/g, (_, what: string, key: string) =>
    what === 'value' ? valueIn(key) : hashOf(key),
  );
}
