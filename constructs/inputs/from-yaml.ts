import type { Construct } from 'constructs';
import { filesAt, projectRoot } from './files';
import { givenIn } from './given';
import type { InputProps } from './input';
import { Input } from './input';
import { documentsIn } from './yaml';

export type FromYamlProps = InputProps &
  (
    | {
        /** Files, or folders with all that is in them, relative to the project's root. */
        readonly path: string | readonly string[];
      }
    | {
        /** The manifests themselves. */
        readonly text: string;
      }
  );

/** The manifests of files, folders or a text, as they stand. */
export class FromYaml extends Input {
  constructor(scope: Construct, id: string, props: FromYamlProps) {
    super(scope, id, props, (place) => {
      const files =
        'text' in props
          ? [{ name: place, text: props.text }]
          : [props.path].flat().flatMap((path) => filesAt(projectRoot(scope), place, path));
      const given = givenIn(
        files.flatMap(({ name, text }) =>
          documentsIn(name, text).map(({ value, line }) => ({ value, place: `${name}:${line}` })),
        ),
      );
      return [given];
    });
  }
}
