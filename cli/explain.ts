import { StrataError } from '../model/errors';
import { objectName } from '../model/kubernetes';
import type { Target } from '../model/target';
import { rendersOf } from '../render/explain/counterfactual';
import { explainObject } from '../render/explain/explain';
import { explanationText, settingsText } from '../render/explain/text';
import { asWritten } from '../render/plan';
import type { Project } from './command';
import { placeIn, projectFrames } from './frames';
import type { Run } from './options/table';
import type { explain } from './tables';

export const command: Run<typeof explain> = ({ matrix, compose, origins, root }, { words }, host) => {
  const [targetName, objectArgument, field] = words;
  const target = onlyTarget(matrix, targetName!);
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

/** Of a glob exactly one. */
function onlyTarget<P>(matrix: Project<P>['matrix'], word: string): Target<P> {
  const [target, ...more] = matrix.targets([word]);
  if (more.length === 0) return target!;
  const names = [target!, ...more].slice(0, MANY).map(({ name }) => name);
  throw new StrataError(word, `matches ${more.length + 1} targets, and one is explained at a time`, [
    `name one of them: ${names.join(', ')}${more.length >= MANY ? ', …' : ''}`,
  ]);
}

/** More than these are not named in a message. */
const MANY = 8;
