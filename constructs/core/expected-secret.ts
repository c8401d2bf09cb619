import { hash } from 'node:crypto';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import {
  ExternalSecret,
  ExternalSecretSpecRefreshPolicy,
  ExternalSecretSpecSecretStoreRefKind,
  ExternalSecretSpecTargetCreationPolicy,
  ExternalSecretSpecTargetTemplateEngineVersion,
} from '../../imports/external-secrets.io';
import type { CsiProvider } from '../../model/cluster-facts';
import { StrataError } from '../../model/errors';
import { CONFIG_OF } from '../../model/kubernetes';
import type { ExpectsSecrets, SecretContract, SecretKey, SecretOrigin } from '../../model/secret-contract';
import { filledIn } from '../../model/secret-contract';
import { Config, contentHash, lazily } from './config';
import { ProvidedSecret } from './csi-secrets';
import type { NamespaceRef } from './namespace';
import { SealedSecretFile, SopsSecretFile } from './secret-files';
import { Volume } from './volume';

/** Where the values of a Secret come from. */
export type CredentialsSource =
  /** Derived from names, so every render gives the same: for environments that hold nothing worth hiding. */
  | { readonly from: 'generated' }
  /** External Secrets reads them at `<namespace>/<id>` of a ClusterSecretStore, one property per value. */
  | { readonly from: 'store'; readonly store: string; readonly revision: string }
  /** A file of this folder, `<id>.yaml`, holds them encrypted: by `kubeseal` for the controller of Sealed Secrets, or by SOPS. */
  | { readonly from: 'sealed-secrets' | 'sops'; readonly folder: string; readonly revision: string }
  /** The Secrets Store CSI driver mounts them from `<prefix><namespace>/<id>`, one property per file; there is no Secret. */
  | {
      readonly from: 'csi';
      readonly provider: CsiProvider;
      readonly prefix?: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly revision: string;
    }
  /** A person or a pipeline makes the Secret; `strata secrets` says how. */
  | { readonly from: 'out-of-band'; readonly revision: string };

/** A key of the Secret: what it holds, and what it is where nothing is worth hiding. */
export interface ExpectedKey extends Omit<SecretKey, 'key'> {
  /**
   * Makes the value of an ephemeral environment from 64 hexadecimal digits, which every render derives alike.
   * @default - the first 32 of them where `make` says that any new value does; else there is no value, and rendering it is an error
   */
  readonly generate?: (digits: string) => string;
}

export interface ExpectedSecretProps {
  readonly namespace: NamespaceRef;
  readonly source: CredentialsSource;
  /** What it holds, by key; a function is called when everything is known. */
  readonly keys: ExpectedKeys | (() => ExpectedKeys);
}

export type ExpectedKeys = Readonly<Record<string, ExpectedKey>>;

/**
 * A Secret that pods need, and the contract of what it holds: `strata secrets` prints it, and `strata verify` holds against it what
 * pods refer to. Nothing secret is rendered outside ephemeral environments. Its name carries the hash of what it is made of.
 */
export class ExpectedSecret extends Construct implements ExpectsSecrets {
  private readonly config: Config | undefined;
  private readonly props: ExpectedSecretProps;

  constructor(
    scope: Construct,
    private readonly id: string,
    props: ExpectedSecretProps,
  ) {
    super(scope, id);
    this.props = props;
    const { source, namespace } = props;
    if (source.from === 'generated')
      this.config = new Config(this, id, { namespace, secret: true, data: () => this.generated() });
    if (source.from === 'store') this.fetch(source.store, namespace);
    if (source.from === 'sealed-secrets' || source.from === 'sops') {
      const File = source.from === 'sops' ? SopsSecretFile : SealedSecretFile;
      new File(this, 'file', { baseName: id, file: this.fileIn(source.folder), contract: () => this.contract });
    }
  }

  /** The Secret's name. It is final when everything is known: ask for it late. */
  get name(): string {
    const { source } = this.props;
    // New values, keys or texts are a new Secret: pods that name the old one keep it, and the others roll.
    return source.from === 'generated'
      ? this.config!.name
      : `${this.id}-${source.revision}-${contentHash(this.template())}`;
  }

  get expectedSecrets(): readonly SecretContract[] {
    return [this.contract];
  }

  private get contract(): SecretContract {
    const { namespace, source } = this.props;
    return {
      namespace: namespace.name,
      name: this.name,
      keys: this.keys.map(([key, { format, make, text }]) => ({
        key,
        format,
        ...(make === undefined ? {} : { make }),
        ...(text === undefined ? {} : { text }),
      })),
      ...('revision' in source ? { revision: source.revision } : {}),
      origin: this.origin,
    };
  }

  /** Only these keys of the Secret, so that each pod sees just what is its own. */
  files(...keys: readonly string[]): Volume {
    const { source } = this.props;
    if (source.from === 'csi') return this.provided(source, keys);
    return this.config ? Volume.config(this.config, keys) : Volume.secret(this.id, () => this.name, keys);
  }

  /** A class for these files alone: the driver mounts all that a class names. */
  private provided(
    { provider, parameters = {} }: Extract<CredentialsSource, { readonly from: 'csi' }>,
    keys: readonly string[],
  ): Volume {
    const files = [...new Set(keys)].sort();
    const part = files
      .join('-')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '');
    const name = () => `${this.name}-${part}`;
    if (!this.node.tryFindChild(part))
      new ProvidedSecret(this, part, {
        namespace: this.props.namespace.name,
        name,
        provider,
        parameters,
        entry: this.entry,
        files,
      });
    return Volume.provided(this.id, name);
  }

  /** The value of a key as a variable, for programs that read no files. */
  variable(key: string): k8s.EnvVarSource {
    if (this.props.source.from === 'csi')
      throw new StrataError(this.node.path, `${key} is wanted as a variable, and the CSI driver mounts files`, [
        'read the value from a file: mount files(…)',
        'let the Secret come another way to this cluster',
      ]);
    return { secretKeyRef: { name: lazily(() => this.name), key } };
  }

  /** Where an operator reads the value of a key: it asks the API server, so there must be a Secret. */
  reference(key: string): { readonly name: string; readonly key: string } {
    if (this.props.source.from === 'csi')
      throw new StrataError(this.node.path, `an operator reads ${key} from a Secret, and the CSI driver makes none`, [
        'let the Secret come another way to this cluster',
        'use a form that mounts files',
      ]);
    return { name: lazily(() => this.name), key };
  }

  private get origin(): SecretOrigin {
    const { source } = this.props;
    switch (source.from) {
      case 'store':
        return { from: source.from, store: source.store, entry: this.entry };
      case 'sealed-secrets':
      case 'sops':
        return { from: source.from, file: this.fileIn(source.folder) };
      case 'csi':
        return { from: source.from, provider: source.provider, entry: this.entry };
      default:
        return { from: source.from };
    }
  }

  /** Where the store keeps the values. */
  private get entry(): string {
    const { namespace, source } = this.props;
    return `${(source.from === 'csi' && source.prefix) || ''}${namespace.name}/${this.id}`;
  }

  private fileIn(folder: string): string {
    return `${folder}/${this.id}.yaml`;
  }

  private get keys(): [string, ExpectedKey][] {
    const { keys } = this.props;
    const all = Object.entries(typeof keys === 'function' ? keys() : keys);
    for (const [key] of all) checkKey(this.node.path, key);
    return all;
  }

  private generated(): Record<string, string> {
    const digits = (key: string) => sha256(`strata/${this.entry}/${key}`);
    const own = ([key, { generate, make, text }]: [string, ExpectedKey]): [string, string] => {
      if (!generate && make === undefined && text === undefined) throw this.unknownValue(key);
      return [key, generate?.(digits(key)) ?? digits(key).slice(0, 32)];
    };
    const values = new Map(this.keys.map(own));
    return Object.fromEntries(
      this.keys.map(([key, { text }]) => [
        key,
        text === undefined
          ? values.get(key)!
          : filledIn(
              text,
              (other) => sha256(values.get(other)!),
              (other) => values.get(other)!,
            ),
      ]),
    );
  }

  /** A value that only a person knows, such as the key of somebody's interface, cannot be made up. */
  private unknownValue(key: string): StrataError {
    return new StrataError(
      this.node.path,
      `nobody says what ${key} is where Secrets are generated: it has neither \`make\` nor \`generate\``,
      [
        "where any new value does: make: 'openssl rand -hex 32'",
        'where it has a form of its own: generate: (digits) => …',
        "where only a person knows it: source: { from: 'out-of-band', revision: '1' }",
      ],
    );
  }

  /** What External Secrets makes the Secret of, in its template language. */
  private template(): Record<string, string> {
    return Object.fromEntries(
      this.keys.map(([key, { text }]) => [
        key,
        text === undefined
          ? `{{ ${property(key)} }}`
          : filledIn(
              text,
              (other) => `{{ ${property(other)} | sha256sum }}`,
              (other) => `{{ ${property(other)} }}`,
            ),
      ]),
    );
  }

  private fetch(store: string, namespace: NamespaceRef): void {
    new ExternalSecret(this, 'external-secret', {
      metadata: {
        name: lazily(() => this.name),
        namespace: namespace.name,
        annotations: { [CONFIG_OF]: this.id },
      },
      spec: {
        refreshPolicy: ExternalSecretSpecRefreshPolicy.CREATED_ONCE,
        secretStoreRef: { name: store, kind: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE },
        target: {
          name: lazily(() => this.name),
          creationPolicy: ExternalSecretSpecTargetCreationPolicy.OWNER,
          immutable: true,
          template: {
            engineVersion: ExternalSecretSpecTargetTemplateEngineVersion.V2,
            data: lazily(() => this.template()),
          },
        },
        data: lazily(() =>
          this.keys
            .filter(([, { text }]) => text === undefined)
            .map(([key]) => ({ secretKey: key, remoteRef: { key: this.entry, property: key } })),
        ),
      },
    });
  }
}

/** What the API server takes for a key of a Secret. */
function checkKey(place: string, key: string): void {
  if (/^[-.\w]{1,253}$/.test(key) && !/^\.\.?$|^\.\./.test(key)) return;
  throw new StrataError(place, `${JSON.stringify(key)} is no key of a Secret`, [
    'write letters, digits, hyphens, dots and underscores',
  ]);
}

function sha256(text: string): string {
  return hash('sha256', text);
}

/** A value in the template language of the store, whose short form ends at a hyphen. */
function property(key: string): string {
  return /^[a-z]\w*$/i.test(key) ? `.${key}` : `index . ${JSON.stringify(key)}`;
}
