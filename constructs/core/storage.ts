import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { StorageClass } from '../../model/cluster-facts';
import { knownNames, StrataError } from '../../model/errors';

/** The cluster's class of this name; `cluster-default` is its default class. */
export function chosenClass(place: string, name: string, storage: readonly StorageClass[]): StorageClass {
  const found = storage.find((candidate) =>
    name === 'cluster-default' ? candidate.isDefault : candidate.name === name,
  );
  if (!found) {
    const names = storage.map((candidate) => candidate.name);
    throw new StrataError(
      place,
      name === 'cluster-default'
        ? 'the cluster has no default StorageClass'
        : `the cluster has no StorageClass ${name}`,
      [
        names.length
          ? `name a class of the cluster: ${knownNames(name, names)}`
          : 'choose a setting that needs no volume',
        'declare the class in the facts of the cluster (clusters/)',
      ],
    );
  }
  return found;
}

/** A class like another one whose volumes outlive their claims. */
export class RetainingClass extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: { readonly like: StorageClass; readonly name: string }) {
    super(scope, id);
    this.name = props.name;
    new k8s.KubeStorageClass(this, 'storage-class', {
      metadata: { name: props.name },
      provisioner: props.like.provisioner,
      ...(props.like.parameters ? { parameters: props.like.parameters } : {}),
      reclaimPolicy: 'Retain',
      volumeBindingMode: props.like.binding,
      allowVolumeExpansion: props.like.expandable,
    });
  }
}
