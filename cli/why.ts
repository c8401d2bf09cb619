import { StrataError } from '../model/errors';
import { broughtData } from '../render/features/json';
import { broughtText } from '../render/features/text';
import { broughtBy } from '../render/features/why';
import { featureAsked } from './feature-asked';
import { placeIn } from './frames';
import type { Run } from './options/table';
import type { why } from './tables';

export const command: Run<typeof why> = async (project, { words, values: { format } }, host) => {
  const { trials, pair, feature } = featureAsked(project, words, host);
  let brought: ReturnType<typeof broughtBy<never>>;
  try {
    brought = broughtBy(trials, pair, feature) as ReturnType<typeof broughtBy<never>>;
  } catch (error) {
    if (!(error instanceof StrataError)) throw error;
    const fix = `ask what is missing: strata why-not ${pair.name} ${feature.name}`;
    throw new StrataError(error.place, error.found, [fix, ...error.fixes]);
  }
  const { rendered } = brought;
  const flows = rendered ? (await import('./verifier')).flowsBrought(rendered) : [];
  if (format === 'json') host.print(JSON.stringify(broughtData(brought, flows, placeIn(project.root)), undefined, 2));
  else {
    const lines = flows.length === 0 ? [] : (await import('./verifier')).flowChangeLines(flows);
    for (const line of broughtText(brought, lines, placeIn(project.root))) host.print(line);
  }
};
