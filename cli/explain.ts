import { StrataError } from '../model/errors';
import { objectName } from '../model/kubernetes';
import { rendersOf } from '../render/explain/counterfactual';
import { explainObject } from '../render/explain/explain';
import { explanationText, settingsText } from '../render/explain/text';
import { asWritten } from '../render/plan';
import { projectFrames } from './frames';
import type { Run } from './options/table';
import type { explain } from './tables';

export const command: Run<typeof explain> = ({ matrix, compose, origins, root }, { words }, host) => {
  const [targetName, objectArgument, field] = words;
  const target = matrix.targets([targetName!])[0]!;
  const print = (lines: readonly string[]) => {
    for (const line of lines) host.print(line);
  };
  // Objects are called Kind/name, settings have no slash.
  if (objectArgument === undefined || !objectArgument.includes('/')) {
    if (field !== undefined)
      throw new StrataError(`strata explain ${objectArgument} ${field}`, 'a setting has no fields', [
        'name an object as Kind/name, such as Deployment/web',
        'leave the field out',
      ]);
    return print(settingsText(target, placeIn(root), objectArgument));
  }
  const renders = rendersOf(target, (one) => compose(one).map(asWritten), host.progress);
  const explanation = explainObject(renders, objectArgument, field);
  const origin = projectFrames(origins(target).get(objectName(explanation.object)) ?? '', root);
  print(explanationText(explanation, target, origin, placeIn(root)));
};

/** Where a setting or a patch was written. */
const placeIn = (root: string) => (at: Error) =>
  projectFrames(at.stack ?? '', root).find((frame) => !frame.startsWith('model/'));
