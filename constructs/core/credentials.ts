import { Construct } from 'constructs';
import { sha256Of } from '../../model/secret-contract';
import type { CredentialsSource, ExpectedKeys } from './expected-secret';
import { ExpectedSecret } from './expected-secret';
import type { NamespaceRef } from './namespace';
import type { Volume } from './volume';

export type { CredentialsSource } from './expected-secret';

export interface CredentialsProps {
  readonly namespace: NamespaceRef;
  /**
   * Files made from the passwords of these users. `passwordHash` turns a user into what stands for the SHA-256 of its password:
   * the place where the file is made puts the hash there.
   */
  readonly files: (
    users: readonly string[],
    passwordHash: (user: string) => string,
  ) => Readonly<Record<string, string>>;
  /** What a file holds, in words, for whoever makes the Secret. @default - a text with hashes of passwords in it */
  readonly formats?: Readonly<Record<string, string>>;
  readonly source: CredentialsSource;
}

/**
 * Passwords of several users, and files made from them, in one Secret. Users are added by whoever needs a password; the Secret's
 * name carries the hash of what is made of them. Nothing secret is rendered outside ephemeral environments.
 */
export class Credentials extends Construct {
  private readonly users = new Set<string>();
  private readonly secret: ExpectedSecret;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: CredentialsProps,
  ) {
    super(scope, id);
    const { source, namespace } = props;
    this.secret = new ExpectedSecret(this, id, { namespace, source, keys: () => this.keys });
  }

  private get keys(): ExpectedKeys {
    // In an order that does not depend on who came first.
    const users = [...this.users].sort();
    const { files, formats = {} } = this.props;
    return {
      ...Object.fromEntries(
        users.map((user) => [
          user,
          { format: `the password of ${user}, one line without its line break`, make: 'openssl rand -hex 32' },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(files(users, sha256Of)).map(([file, text]) => [
          file,
          { format: formats[file] ?? 'a text with hashes of passwords in it', text },
        ]),
      ),
    };
  }

  /** The password of a user, who has one from now on. */
  passwordOf(user: string): Volume {
    this.users.add(user);
    return this.files(user);
  }

  /** Only these keys of the Secret, so that each pod sees just what is its own. */
  files(...keys: readonly string[]): Volume {
    return this.secret.files(...keys);
  }
}
