import type { Construct } from 'constructs';
import { nameIn, projectRoot } from './files';
import { givenIn } from './given';
import type { InputProps } from './input';
import { Input } from './input';
import { checkKustomization } from './kustomization';
import { outputOf } from './program';
import { documentsIn } from './yaml';

export interface FromKustomizeProps extends InputProps {
  /** The folder of a kustomization, relative to the project's root. All that it stands on is in folders, too. */
  readonly path: string;
}

/** What Kustomize builds of a folder: by `kustomize`, or by the one in `kubectl`. */
export class FromKustomize extends Input {
  constructor(scope: Construct, id: string, props: FromKustomizeProps) {
    super(scope, id, props, (place) => {
      const root = projectRoot(scope);
      const name = nameIn(root, checkKustomization(root, place, props.path));
      const { stdout } = outputOf(
        name,
        root,
        [
          ['kustomize', 'build'],
          ['kubectl', 'kustomize'],
        ],
        [name],
      );
      const given = givenIn(
        documentsIn(name, stdout, { lastWins: true }).map(({ value }) => ({
          value,
          place: `${name} (kustomize build)`,
        })),
      );
      return [given];
    });
  }
}
