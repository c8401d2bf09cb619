import { whyNotData } from '../render/features/json';
import { whyNotText } from '../render/features/text';
import { missingFor } from '../render/features/why-not';
import type { Host } from './command';
import type { FeatureAsked } from './feature-asked';
import { featureAsked } from './feature-asked';
import { placeIn } from './frames';
import type { Run } from './options/table';
import type { whyNot } from './tables';

export const command: Run<typeof whyNot> = (project, { words, values: { format } }, host) => {
  printWhyNot(featureAsked(project, words, host), format, project.root, host);
};

/** Prints why a target does not have a feature. */
export function printWhyNot<P>(asked: FeatureAsked<P>, format: 'text' | 'json', root: string, host: Host): void {
  const answer = missingFor(asked.trials, asked.known, asked.pair, asked.feature);
  if (format === 'json') host.print(JSON.stringify(whyNotData(answer, placeIn(root)), undefined, 2));
  else for (const line of whyNotText(answer, placeIn(root))) host.print(line);
}
