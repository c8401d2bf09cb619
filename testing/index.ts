/** Helpers for the tests of a platform, written for Jest. */

export { type AdoptedOptions, testAdopted } from './adopted';
export { testAlerts } from './alerts';
export { delta, normalized } from './delta';
export { type GoldenOptions, goldenFiles, testGolden } from './golden';
export { flowVerdict, reportOf, testNoFindings } from './judged';
export { coveringRows, type Goal, meets, pairGoals, type Row } from './pairwise';
