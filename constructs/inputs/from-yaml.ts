import type { Construct } from 'constructs';
import { StrataError } from '../../model/errors';
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

/** Programs that are not type-checked give neither, or both. */
function refuseOtherThanOne(place: string, { path, text }: { readonly path?: unknown; readonly text?: unknown }): void {
  const [hasPath, hasText] = [path !== undefined, text !== undefined];
  const paths = [path].flat();
  const wrong =
    hasPath === hasText
      ? `has ${hasPath ? 'both path and text' : 'neither path nor text'}`
      : hasText && typeof text !== 'string'
        ? 'text is no string'
        : hasPath && (paths.length === 0 || paths.some((each) => typeof each !== 'string' || each === ''))
          ? 'path names no file or folder'
          : undefined;
  if (wrong !== undefined)
    throw new StrataError(place, wrong, [
      "name the files of the manifests: path: 'vendor/operator.yaml'",
      'give the manifests themselves: text',
    ]);
}

/** The manifests of files, folders or a text, as they stand. */
export class FromYaml extends Input {
  constructor(scope: Construct, id: string, props: FromYamlProps) {
    super(scope, id, props, (place) => {
      refuseOtherThanOne(place, props);
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
