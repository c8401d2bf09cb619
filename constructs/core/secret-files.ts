import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { SealedSecret } from '../../imports/bitnami.com';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';
import { CONFIG_KEPT, CONFIG_OF } from '../../model/kubernetes';
import type { SecretContract } from '../../model/secret-contract';
import { isEncrypted, isOfSops, SECRET_VALUES } from '../../model/sops';
import { projectRoot, textOf, told } from '../inputs/files';
import { documentsIn } from '../inputs/yaml';
import { lazily } from './config';

type Fields = Readonly<Record<string, unknown>>;

interface SecretFileProps {
  /** Relative to the project's root. */
  readonly file: string;
  /** What the file must meet; asked for when everything is known. */
  readonly contract: () => SecretContract;
}

/** A Secret that stands in the repository, encrypted. The file is read when the target is rendered, so that its contract can be told before it is there. */
abstract class SecretFile extends ApiObject {
  private readonly root: string;

  protected constructor(
    scope: Construct,
    id: string,
    kind: { readonly apiVersion: string; readonly kind: string },
    protected readonly wanted: SecretFileProps & { readonly baseName: string },
  ) {
    const { contract, baseName } = wanted;
    super(scope, id, {
      ...kind,
      metadata: {
        name: lazily(() => contract().name),
        annotations: { [CONFIG_OF]: baseName, [CONFIG_KEPT]: '5' },
      },
    });
    this.root = projectRoot(this);
  }

  /** The text of the file, and the object in it. */
  protected read(): { readonly text: string; readonly object: Fields } {
    const { file } = this.wanted;
    const full = join(this.root, file);
    told(full);
    if (!existsSync(full)) throw this.wrong('is not there');
    const { text } = textOf(this.root, full);
    const documents = documentsIn(file, text).filter(({ value }) => value !== null && value !== undefined);
    const object = fieldsOf(documents[0]?.value);
    if (documents.length !== 1 || !object) throw this.wrong(`holds ${documents.length} objects, not one`);
    const [wanted, found] = [`${this.apiVersion} ${this.kind}`, `${object['apiVersion']} ${object['kind']}`];
    if (found !== wanted) throw this.wrong(`holds ${found}, not ${wanted}`);
    this.checkPlace('metadata', object['metadata']);
    return { text, object };
  }

  protected checkPlace(path: string, metadata: unknown): void {
    const { name, namespace } = this.wanted.contract();
    const found = fieldsOf(metadata);
    for (const [field, wanted] of Object.entries({ name, namespace })) {
      const value = found?.[field];
      if (value === wanted) continue;
      throw this.wrong(
        isEncrypted(value)
          ? `${path}.${field} is encrypted, so nobody can tell whose values it holds: encrypt data and stringData alone`
          : `${path}.${field} is ${JSON.stringify(value)}, and the pods need ${wanted}`,
      );
    }
  }

  /** Each key of the contract must be among these. */
  protected checkKeys(keys: readonly string[]): void {
    const missing = this.wanted.contract().keys.find(({ key }) => !keys.includes(key));
    if (missing)
      throw this.wrong(`has no key ${missing.key} (it has: ${keys.join(', ') || 'none'}); it is ${missing.format}`);
  }

  protected checkType(type: unknown): void {
    const wanted = this.wanted.contract().type ?? 'Opaque';
    if ((type ?? 'Opaque') !== wanted) throw this.wrong(`makes a Secret of type ${String(type)}, not ${wanted}`);
  }

  protected wrong(found: string): StrataError {
    const { name } = this.wanted.contract();
    return new StrataError(this.wanted.file, found, [
      `make it: \`npx strata secrets\` prints the commands for ${name}`,
    ]);
  }
}

/** A file that `kubeseal` wrote: the controller of Sealed Secrets makes the Secret of it. It is rendered with all that is in it. */
export class SealedSecretFile extends SecretFile {
  constructor(scope: Construct, id: string, props: SecretFileProps & { readonly baseName: string }) {
    super(scope, id, SealedSecret.GVK, props);
  }

  override toJson(): KubernetesObject {
    const { object } = this.read();
    const spec = fieldsOf(object['spec']);
    const template = fieldsOf(spec?.['template']);
    const made = fieldsOf(template?.['metadata']);
    if (made?.['name'] !== undefined || made?.['namespace'] !== undefined)
      this.checkPlace('spec.template.metadata', made);
    this.checkType(template?.['type']);
    const encrypted = fieldsOf(spec?.['encryptedData']) ?? {};
    const plain = Object.keys(encrypted).find((key) => typeof encrypted[key] !== 'string' || encrypted[key] === '');
    if (plain !== undefined) throw this.wrong(`spec.encryptedData.${plain} is no encrypted value`);
    this.checkKeys([...Object.keys(encrypted), ...Object.keys(fieldsOf(template?.['data']) ?? {})]);
    const own = object['metadata'] as Fields;
    const added = this.metadata.toJson() as Fields;
    const both = (field: string) => ({ ...fieldsOf(own[field]), ...fieldsOf(added[field]) });
    return withoutNull({
      ...object,
      metadata: { ...own, labels: both('labels'), annotations: both('annotations') },
      status: null,
    }) as unknown as KubernetesObject;
  }
}

/** A Secret that SOPS encrypted. It is rendered byte for byte, in a file of its own: SOPS refuses a file that somebody changed. */
export class SopsSecretFile extends SecretFile {
  /** `instanceof` is taken over by ApiObject. */
  static isSops(node: IConstruct): node is SopsSecretFile {
    return ApiObject.isApiObject(node) && 'encryptedText' in node;
  }

  constructor(scope: Construct, id: string, props: SecretFileProps & { readonly baseName: string }) {
    super(scope, id, { apiVersion: 'v1', kind: 'Secret' }, props);
  }

  /** What its file in the rendered tree is called. */
  get fileName(): string {
    return this.wanted.baseName;
  }

  /** The text as it stands in the repository. */
  encryptedText(): string {
    return this.read().text;
  }

  override toJson(): KubernetesObject {
    const { object } = this.read();
    if (!isOfSops(object)) throw this.wrong('is not encrypted by SOPS: it has no sops.mac');
    this.checkType(object['type']);
    const values = SECRET_VALUES.flatMap((field) => Object.entries(fieldsOf(object[field]) ?? {}));
    // The value itself is told to nobody.
    const plain = values.find(([, value]) => !isEncrypted(value));
    if (plain) throw this.wrong(`the value of ${plain[0]} is not encrypted`);
    this.checkKeys(values.map(([key]) => key));
    return object as unknown as KubernetesObject;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** `kubeseal` writes `creationTimestamp: null`. */
function withoutNull(value: unknown): unknown {
  const fields = fieldsOf(value);
  if (!fields) return value;
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNull(inner)]])),
  );
}
