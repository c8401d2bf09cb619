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
import { Config, contentHash } from './config';
import type { AppNamespace } from './namespace';
import { Volume } from './volume';

export interface CredentialsProps {
  readonly namespace: AppNamespace;
  /** Who has a password. */
  readonly users: readonly string[];
  /**
   * Files made from the passwords. `reference` turns a user into the SHA-256 of its password, written as the place
   * where the file is made understands it.
   */
  readonly files: (passwordHash: (user: string) => string) => Readonly<Record<string, string>>;
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

/** Passwords of several users, and files made from them, in one Secret. Nothing secret is rendered outside ephemeral environments. */
export class Credentials extends Construct {
  private readonly volumeOf: (keys: readonly string[]) => Volume;

  constructor(scope: Construct, id: string, props: CredentialsProps) {
    super(scope, id);
    const { source, namespace, users } = props;
    if (source.from === 'generated') {
      const passwords = Object.fromEntries(
        users.map((user) => [user, sha256(`strata/${namespace.name}/${id}/${user}`).slice(0, 32)]),
      );
      const config = new Config(this, id, {
        namespace,
        secret: true,
        data: { ...passwords, ...props.files((user) => sha256(passwords[user]!)) },
      });
      this.volumeOf = (keys) => Volume.config(config, keys);
      return;
    }
    if (source.from === 'out-of-band') {
      this.volumeOf = (keys) => Volume.secret(id, `${id}-${source.revision}`, keys);
      return;
    }
    const template = {
      ...Object.fromEntries(users.map((user) => [user, `{{ .${user} }}`])),
      ...props.files((user) => `{{ .${user} | sha256sum }}`),
    };
    // A new revision of the passwords or of the files is a new Secret: pods that name the old one keep it, and the others roll.
    const name = `${id}-${source.revision}-${contentHash(template)}`;
    this.volumeOf = (keys) => Volume.secret(id, name, keys);
    new ExternalSecret(this, 'external-secret', {
      metadata: {
        name,
        namespace: namespace.name,
        labels: { 'app.kubernetes.io/part-of': 'course', 'app.kubernetes.io/managed-by': 'strata' },
        annotations: { [CONFIG_OF]: id, [CONFIG_KEPT]: '5' },
      },
      spec: {
        refreshPolicy: ExternalSecretSpecRefreshPolicy.CREATED_ONCE,
        secretStoreRef: { name: source.store, kind: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE },
        target: {
          name,
          creationPolicy: ExternalSecretSpecTargetCreationPolicy.OWNER,
          immutable: true,
          template: { engineVersion: ExternalSecretSpecTargetTemplateEngineVersion.V2, data: template },
        },
        data: users.map((user) => ({ secretKey: user, remoteRef: { key: `${namespace.name}/${id}`, property: user } })),
      },
    });
  }

  /** Only these keys of the Secret, so that each pod sees just what is its own. */
  volume(...keys: readonly string[]): Volume {
    return this.volumeOf(keys);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
