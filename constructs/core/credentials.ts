import { createHash } from 'node:crypto';
import { Construct } from 'constructs';
import {
  ExternalSecret,
  ExternalSecretSpecRefreshPolicy,
  ExternalSecretSpecSecretStoreRefKind,
  ExternalSecretSpecTargetCreationPolicy,
  ExternalSecretSpecTargetTemplateEngineVersion,
} from '../../imports/external-secrets.io';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import { Config, contentHash, lazily } from './config';
import type { NamespaceRef } from './namespace';
import { Volume } from './volume';

export interface CredentialsProps {
  readonly namespace: NamespaceRef;
  /**
   * Files made from the passwords of these users. `passwordHash` turns a user into the SHA-256 of its password, written
   * as the place where the file is made understands it.
   */
  readonly files: (
    users: readonly string[],
    passwordHash: (user: string) => string,
  ) => Readonly<Record<string, string>>;
  readonly source: CredentialsSource;
}

/** Where passwords come from. */
export type CredentialsSource =
  /** Derived from names, so every render gives the same: for environments that hold nothing worth hiding. */
  | { readonly from: 'generated' }
  /** External Secrets reads them at `<namespace>/<id>` of a ClusterSecretStore, one property per user. */
  | { readonly from: 'store'; readonly store: string; readonly revision: string }
  /** A person or a pipeline makes the Secret, with one key per user and per file. */
  | { readonly from: 'out-of-band'; readonly revision: string };

/**
 * Passwords of several users, and files made from them, in one Secret. Users are added by whoever needs a password; the Secret's
 * name carries the hash of what is made of them. Nothing secret is rendered outside ephemeral environments.
 */
export class Credentials extends Construct {
  private readonly users = new Set<string>();
  private readonly secretName: () => string;
  private readonly config: Config | undefined;

  constructor(
    scope: Construct,
    private readonly id: string,
    props: CredentialsProps,
  ) {
    super(scope, id);
    const { source, namespace, files } = props;
    const template = () => ({
      ...Object.fromEntries(this.names.map((user) => [user, `{{ ${entry(user)} }}`])),
      ...files(this.names, (user) => `{{ ${entry(user)} | sha256sum }}`),
    });
    if (source.from === 'generated') {
      const password = (user: string) => sha256(`strata/${namespace.name}/${id}/${user}`).slice(0, 32);
      const data = () => ({
        ...Object.fromEntries(this.names.map((user) => [user, password(user)])),
        ...files(this.names, (user) => sha256(password(user))),
      });
      this.config = new Config(this, id, { namespace, secret: true, data });
      this.secretName = () => this.config!.name;
      return;
    }
    // New passwords, users or rights are a new Secret: pods that name the old one keep it, and the others roll.
    this.secretName = () => `${id}-${source.revision}-${contentHash(template())}`;
    if (source.from === 'store') this.fetch(source.store, namespace, template);
  }

  private fetch(store: string, namespace: NamespaceRef, template: () => Readonly<Record<string, string>>): void {
    const { id } = this;
    new ExternalSecret(this, 'external-secret', {
      metadata: {
        name: lazily(this.secretName),
        namespace: namespace.name,
        annotations: { [CONFIG_OF]: id, [CONFIG_KEPT]: '5' },
      },
      spec: {
        refreshPolicy: ExternalSecretSpecRefreshPolicy.CREATED_ONCE,
        secretStoreRef: { name: store, kind: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE },
        target: {
          name: lazily(this.secretName),
          creationPolicy: ExternalSecretSpecTargetCreationPolicy.OWNER,
          immutable: true,
          template: { engineVersion: ExternalSecretSpecTargetTemplateEngineVersion.V2, data: lazily(template) },
        },
        data: lazily(() =>
          this.names.map((user) => ({
            secretKey: user,
            remoteRef: { key: `${namespace.name}/${id}`, property: user },
          })),
        ),
      },
    });
  }

  /** In an order that does not depend on who came first. */
  private get names(): readonly string[] {
    return [...this.users].sort();
  }

  /** The password of a user, who has one from now on. */
  passwordOf(user: string): Volume {
    this.users.add(user);
    return this.files(user);
  }

  /** Only these keys of the Secret, so that each pod sees just what is its own. */
  files(...keys: readonly string[]): Volume {
    return this.config ? Volume.config(this.config, keys) : Volume.secret(this.id, this.secretName, keys);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A user's password in the template language of the store, whose short form ends at a hyphen. */
function entry(user: string): string {
  return /^[a-z]\w*$/i.test(user) ? `.${user}` : `index . ${JSON.stringify(user)}`;
}
