import { Construct } from 'constructs';
import { SecretProviderClass } from '../../imports/secrets-store.csi.x-k8s.io';
import type { CsiProvider } from '../../model/cluster-facts';
import { lazily } from './config';

/** A value that the provider reads: the file that it becomes, of which property of which entry. */
interface ProvidedFile {
  readonly file: string;
  readonly entry: string;
}

/** How each provider is told which file holds what. JSON is YAML, and every provider reads YAML. */
const OBJECTS: Readonly<Record<CsiProvider, (files: readonly ProvidedFile[]) => object[]>> = {
  vault: (files) => files.map(({ file, entry }) => ({ objectName: file, secretPath: entry, secretKey: file })),
  aws: (files) => [
    {
      objectName: files[0]!.entry,
      objectType: 'secretsmanager',
      // A name with a dot or a hyphen is quoted in JMESPath.
      jmesPath: files.map(({ file }) => ({ path: JSON.stringify(file), objectAlias: file })),
    },
  ],
};

export interface ProvidedSecretProps {
  readonly namespace: string;
  /** Asked for when everything is known. */
  readonly name: () => string;
  readonly provider: CsiProvider;
  readonly parameters: Readonly<Record<string, string>>;
  readonly entry: string;
  readonly files: readonly string[];
}

/** What the Secrets Store CSI driver mounts into pods: files of one entry of a store, and no Secret. */
export class ProvidedSecret extends Construct {
  constructor(scope: Construct, id: string, props: ProvidedSecretProps) {
    super(scope, id);
    const { namespace, name, provider, parameters, entry, files } = props;
    const objects = OBJECTS[provider](files.map((file) => ({ file, entry })));
    new SecretProviderClass(this, 'class', {
      metadata: { name: lazily(name), namespace },
      spec: { provider, parameters: { ...parameters, objects: JSON.stringify(objects) } },
    });
  }
}
