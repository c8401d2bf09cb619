import { projectFrames } from './frames';

/** Where a setting or a patch was written, of the project in this folder. */
export const placeIn = (root: string) => (at: Error) =>
  projectFrames(at.stack ?? '', root).find((frame) => !/^(model\/|features\/feature\.ts)/.test(frame));
