import { readSources } from '../../manifests/reading/read';
import type { Source } from '../../manifests/resource';
import { StrataError } from '../../model/errors';
import type { KubernetesObject } from '../../model/kubernetes';

/** The objects of a text of YAML; what cannot be read is an error, unless it is no Kubernetes object and `others` may stand there. */
export function objectsIn(source: Source, others: 'refused' | 'left out' = 'refused'): KubernetesObject[] {
  const { resources, unreadable } = readSources([source]);
  const [first] = unreadable.filter(({ foreign }) => others === 'refused' || foreign !== true);
  if (first)
    throw new StrataError(`${first.file}:${first.line}`, first.reason, [
      'mend the YAML there',
      'move the file elsewhere',
    ]);
  return resources.map(({ object, name, kind }) => {
    if (typeof (object as Partial<KubernetesObject>).metadata?.name !== 'string')
      throw new StrataError(
        `${source.file}, ${kind} ${name}`,
        'has no metadata.name, so that nobody can compare it with what is rendered',
        ['give it a name', 'move it elsewhere: kubectl create makes objects with generateName'],
      );
    return object as unknown as KubernetesObject;
  });
}
